// Given to the examples of src/devnet.
import type { Network } from 'openledger/contracts'
import type { Devnet } from 'openledger/devnet'
import type { Relayer } from '../../dist/devnet/bridge/Relayer.js'

export declare const devnet: Devnet
export declare const network: Network
export declare const addresses: ConstructorParameters<typeof Relayer>[0]['addresses']
export declare const sleep: (milliseconds: number) => Promise<void>
export declare const isReady: () => Promise<boolean>
