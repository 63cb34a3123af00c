import { startDevnet } from '../../src/devnet/startDevnet.js'

// A process that starts a devnet and then waits to be killed, or ends by itself when the devnet is detached.
const [workspace = '', mode] = process.argv.slice(2)
await startDevnet({ workspace, detached: mode === 'detached' })
console.log('started')
if (mode !== 'detached') setInterval(() => undefined, 1_000)
