import { startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { rpc } from '../../src/devnet/node/rpc.js'

// A process that starts a devnet and then waits to be killed, or ends by itself when the devnet is detached.
// `temporary`: without a workspace. `busy`: both layers mine all the time.
const [workspace = '', mode] = process.argv.slice(2)
const devnet = await startDevnet(mode === 'temporary' ? {} : { workspace, detached: mode === 'detached' })
console.log(
  mode === 'temporary' ? JSON.stringify({ workspace: devnet.workspace, l1: devnet.l1, l2: devnet.l2 }) : 'started',
)
if (mode !== 'detached') setInterval(() => undefined, 1_000)
while (mode === 'busy') {
  await Promise.all([devnet.l1, devnet.l2].map(({ rpcUrl }) => rpc(rpcUrl, 'evm_mine')))
}
