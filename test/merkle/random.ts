import { keccak256 } from '../../src/files/canonicalJson.js'

/** A repeatable stream of 32-byte values: keccak256 of the seed and a counter. */
export function hashStream(seed: string): () => `0x${string}` {
  let count = 0
  return () => keccak256(`${seed}/${count++}`)
}

/** A repeatable stream of whole numbers from `least` to `most`. */
export function integerStream(seed: string, least: number, most: number): () => number {
  const hash = hashStream(seed)
  return () => least + (Number.parseInt(hash().slice(2, 10), 16) % (most - least + 1))
}
