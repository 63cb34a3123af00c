import { stopDevnet } from '../../devnet/keeper/stopDevnet.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeLost, lines } from './describeDevnet.js'

/** `openledger devnet down`: saves the chains and stops both nodes. */
export async function run({ output, config, cwd }: CommandContext): Promise<void> {
  const { stopped, crash } = await stopDevnet(config.workspace?.root ?? cwd)
  const lost = crash?.lost ?? { l1: [], l2: [] }
  output.result({ stopped, crash: crash?.reason ?? null, lost }, (_, style) => {
    if (crash === null) return stopped ? 'The devnet is stopped; its chains are saved.' : 'No devnet was running.'
    return [
      ...lines(`The devnet did not end in order: ${crash.reason}. What was saved is kept.`, style),
      ...describeLost('lost, mined after the last save', lost, style),
    ].join('\n')
  })
}
