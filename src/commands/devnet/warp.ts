import { requireDevnet } from '../../devnet/keeper/devnetStatus.js'
import { layerHeads } from '../../devnet/state/layerHeads.js'
import { warp } from '../../devnet/state/warp.js'
import { formatDuration } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'

/** `openledger devnet warp`: the clock of both layers. */
export async function run(
  { output, config, cwd }: CommandContext,
  { duration }: { readonly duration: number },
): Promise<void> {
  const devnet = await requireDevnet(config.workspace?.root ?? cwd)
  await warp(devnet, duration)
  const heads = await layerHeads(devnet)
  const clock = new Date(heads.l2.timestamp * 1_000).toISOString()
  output.result(
    { seconds: duration, ...heads },
    () => `Both clocks were moved by ${formatDuration(duration * 1_000)}; it is ${clock} there.`,
  )
}
