import { readFile } from 'node:fs/promises'
import { workspacePaths } from '../../config/workspacePaths.js'
import type { SavedHeader } from './savedChains.js'

export interface LostBlock {
  readonly number: number
  readonly hash: `0x${string}`
}

/** What a crash has cost on each layer, in the order of the blocks. */
export interface LostBlocks {
  readonly l1: LostBlock[]
  readonly l2: LostBlock[]
}

const minedBlock = /Block Number: (\d+)\s+Block Hash: (0x[0-9a-f]{64})/g

/**
 * Blocks that the nodes reported in their logs and that are above what was saved: what a crash has cost. A node writes its
 * log as it mines, so nothing is missing there, however it was killed.
 *
 * @param workspace whose nodes' last run ended without being asked to
 * @param saved what is left of that run
 */
export async function lostBlocks(workspace: string, saved: Pick<SavedHeader, 'l1' | 'l2'>): Promise<LostBlocks> {
  const { logs } = workspacePaths(workspace)
  const [l1, l2] = await Promise.all([
    blocksAbove(`${logs}/l1.log`, saved.l1.blockNumber),
    blocksAbove(`${logs}/l2.log`, saved.l2.blockNumber),
  ])
  return { l1, l2 }
}

/** Empty when there is no log. */
async function blocksAbove(log: string, height: number): Promise<LostBlock[]> {
  const text = await readFile(log, 'utf8').catch(() => '')
  const mined: LostBlock[] = []
  for (const [, digits, hash] of text.matchAll(minedBlock)) {
    const number = Number(digits)
    // After a revert heights are mined again: what stood there and above is gone by the user's own will.
    while ((mined.at(-1)?.number ?? 0) >= number) mined.pop()
    mined.push({ number, hash: hash as `0x${string}` })
  }
  return mined.filter(({ number }) => number > height)
}
