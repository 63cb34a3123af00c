import { stopDevnet } from '../../devnet/stopDevnet.js'
import type { CommandContext } from '../CommandContext.js'

/** `openledger devnet down`: saves the chains and stops both nodes. */
export async function run({ output, config, cwd }: CommandContext): Promise<void> {
  const stopped = await stopDevnet(config.workspace?.root ?? cwd)
  output.result({ stopped }, (data) =>
    data.stopped ? 'The devnet is stopped; its chains are saved.' : 'No devnet was running.',
  )
}
