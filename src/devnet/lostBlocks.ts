import { readFile } from 'node:fs/promises'

export interface LostBlock {
  readonly number: number
  readonly hash: `0x${string}`
}

const minedBlock = /Block Number: (\d+)\s+Block Hash: (0x[0-9a-f]{64})/g

/**
 * Blocks that a node reported in its log and that are above a height: what a crash has cost. A node writes its log as it
 * mines, so nothing is missing there, however it was killed. Empty when there is no log.
 *
 * @param log of the node's last run, which ended without being asked to
 * @param height newest block that was saved
 */
export async function lostBlocks(log: string, height: number): Promise<LostBlock[]> {
  const text = await readFile(log, 'utf8').catch(() => '')
  const mined = new Map<number, LostBlock>()
  for (const [, digits, hash] of text.matchAll(minedBlock)) {
    const number = Number(digits)
    mined.set(number, { number, hash: hash as `0x${string}` })
    // After a revert heights are mined again: what stood above is gone by the user's own will.
    for (const other of mined.keys()) if (other > number) mined.delete(other)
  }
  return [...mined.values()].filter(({ number }) => number > height)
}
