// Given to the examples of src/workflows.
import type { Connection } from 'openledger'
import type { WorkspacePaths } from 'openledger/datanet'

export declare const paths: WorkspacePaths
export declare const connection: Connection
