import { ProofStore } from '../../../src/devnet/bridge/ProofStore.js'
import { Relayer } from '../../../src/devnet/bridge/Relayer.js'

// A relayer in a process of its own, which a test kills: L1, L2, portal, oracle, file of proofs.
const [l1RpcUrl = '', l2RpcUrl = '', OptimismPortal = '', L2OutputOracle = '', path = ''] = process.argv.slice(2)
const addresses = { OptimismPortal, L2OutputOracle } as ConstructorParameters<typeof Relayer>[0]['addresses']
new Relayer({ l1RpcUrl, l2RpcUrl, addresses, proofs: await ProofStore.open(path), log: console.error }).start()
console.log('started')
setInterval(() => undefined, 1_000)
