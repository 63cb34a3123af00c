import { requireDevnet } from '../../devnet/devnetStatus.js'
import { layerHeads } from '../../devnet/layerHeads.js'
import { mine } from '../../devnet/warp.js'
import type { CommandContext } from '../CommandContext.js'

/** `openledger devnet mine`: blocks on both layers. */
export async function run(
  { output, config, cwd }: CommandContext,
  { blocks }: { readonly blocks: number },
): Promise<void> {
  const devnet = await requireDevnet(config.workspace?.root ?? cwd)
  await mine(devnet, blocks)
  const heads = await layerHeads(devnet)
  output.result(
    { blocks, ...heads },
    ({ l1, l2 }) => `The L1 is at block ${l1.blockNumber}, the L2 at block ${l2.blockNumber}.`,
  )
}
