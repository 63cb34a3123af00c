/** The public face of the local network: `import { startDevnet } from 'openledger/devnet'`. */
export { devAccounts } from './accounts.js'
export { type DevAccountName, devAccountNames } from './devAccountNames.js'
export { devnetNetworks } from './devnetNetworks.js'
export { type DevnetState, readDevnet } from './devnetState.js'
export { type DevnetStatus, devnetStatus, requireDevnet } from './devnetStatus.js'
export { type Devnet, type DevnetOptions, startDevnet } from './startDevnet.js'
export { stopDevnet } from './stopDevnet.js'
export { warp } from './warp.js'
