import sequencer from '@jest/test-sequencer'

// Its types describe the CommonJS build, where the class is a field of what is imported.
const Sequencer = /** @type {typeof sequencer.default} */ (/** @type {unknown} */ (sequencer))

/** The files that take longest on two quiet cores. Jest would begin with the longest texts where it has not measured yet. */
const slowest = [
  'cli/interrupts',
  'records/dataFiles',
  'devnet/state',
  'workflows/money',
  'commands/quickstart',
  'devnet/publicRpc/servePublicRpc',
  'devnet/startDevnet',
  'devnet/bridge/Relayer',
  'commands/rounds',
  'chain/contractsCheck',
  'devnet/destruction',
  'lora/resume',
  'commands/hostileText',
  'chain/laterGas',
  'devnet/lifetime',
  'devnet/story',
  'devnet/bridge/conservation',
  'commands/files',
  'chain/findEvents',
]

/** The slowest files run first, so that none of them runs alone at the end while the other cores have nothing to do. */
export default class SlowestFirst extends Sequencer {
  async sort(tests) {
    const rank = ({ path }) => {
      const place = slowest.findIndex((name) => path.endsWith(`/test/${name}.test.ts`))
      return place < 0 ? slowest.length : place
    }
    return [...(await super.sort(tests))].sort((one, other) => rank(one) - rank(other))
  }
}
