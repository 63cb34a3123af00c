import { readFile } from 'node:fs/promises'
import { workspacePaths } from '../../config/workspacePaths.js'
import type { SavedHeader } from './savedChains.js'

export interface LostBlock {
  readonly number: number
  readonly hash: `0x${string}`
}

/** The blocks that a crash has cost on each layer, in their order. */
export interface LostBlocks {
  readonly l1: LostBlock[]
  readonly l2: LostBlock[]
}

const minedBlock = /Block Number: (\d+)\s+Block Hash: (0x[0-9a-f]{64})/g

/**
 * Finds the blocks that a crash has cost: those in the nodes' logs above the saved ones. A node writes its log as it mines, so
 * that the log is complete however the node was killed.
 *
 * @param workspace the workspace of the crashed devnet
 * @param saved the header of the last save
 */
export async function lostBlocks(workspace: string, saved: Pick<SavedHeader, 'l1' | 'l2'>): Promise<LostBlocks> {
  const { logs } = workspacePaths(workspace)
  const [l1, l2] = await Promise.all([
    blocksAbove(`${logs}/l1.log`, saved.l1.blockNumber),
    blocksAbove(`${logs}/l2.log`, saved.l2.blockNumber),
  ])
  return { l1, l2 }
}

/** The blocks of a log above a height; none when there is no log. */
async function blocksAbove(log: string, height: number): Promise<LostBlock[]> {
  const text = await readFile(log, 'utf8').catch(() => '')
  const mined: LostBlock[] = []
  for (const [, digits, hash] of text.matchAll(minedBlock)) {
    const number = Number(digits)
    // After a revert the same heights are mined again. The user gave up the old blocks on purpose.
    while ((mined.at(-1)?.number ?? 0) >= number) mined.pop()
    mined.push({ number, hash: hash as `0x${string}` })
  }
  return mined.filter(({ number }) => number > height)
}
