// Given to the examples of src/terminal.
import type { Shell } from '../../dist/terminal/Shell.js'
import type { Surroundings } from '../../dist/terminal/surroundings.js'

export declare const shell: Shell
export declare const surroundings: Surroundings
export declare const bold: (text: string) => string
