import { requireDevnet } from '../../devnet/keeper/devnetStatus.js'
import { layerHeads } from '../../devnet/state/layerHeads.js'
import { mine } from '../../devnet/state/warp.js'
import type { CommandContext } from '../shared/CommandContext.js'

/** `openledger devnet mine`: blocks on both layers. */
export async function run(
  { output, config, cwd, signal }: CommandContext,
  { blocks }: { readonly blocks: number },
): Promise<void> {
  const devnet = await requireDevnet(config.workspace?.root ?? cwd)
  const progress = output.progress({ title: 'Mine', total: blocks, unit: 'blocks' })
  progress.update(0)
  await mine(devnet, blocks, { signal, onProgress: (mined) => progress.update(mined) })
  progress.finish()
  const heads = await layerHeads(devnet)
  output.result(
    { blocks, ...heads },
    ({ l1, l2 }) => `The L1 is at block ${l1.blockNumber}, the L2 at block ${l2.blockNumber}.`,
  )
}
