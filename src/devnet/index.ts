/** The public face of the local network: `import { startDevnet } from 'openledger/devnet'`. */

export { devnetEnvironment } from './keeper/devnetEnvironment.js'
export { type DevnetStatus, devnetStatus, requireDevnet } from './keeper/devnetStatus.js'
export { fundEther, fundOpen } from './keeper/fundAccount.js'
export { listSnapshots, resetDevnet, restoreSnapshot, type Snapshot, saveSnapshot } from './keeper/snapshots.js'
export { type Devnet, type DevnetOptions, startDevnet } from './keeper/startDevnet.js'
export { type StoppedDevnet, stopDevnet } from './keeper/stopDevnet.js'
export { devAccounts } from './state/accounts.js'
export { type DevAccountName, devAccountNames } from './state/devAccountNames.js'
export { devnetNetworks } from './state/devnetNetworks.js'
export { type DevnetState, readDevnet } from './state/devnetState.js'
export { mine, warp } from './state/warp.js'
