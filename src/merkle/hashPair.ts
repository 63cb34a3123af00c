import { WORD } from './encodeLeaf.js'
import { keccakInto } from './keccakInto.js'

/** Compares the 32 bytes of `a` from `i` with those of `b` from `j`: negative when below, zero when equal, positive when above. */
export function compareWords(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
  for (let k = 0; k < WORD; k++) {
    const difference = a[i + k]! - b[j + k]!
    if (difference !== 0) return difference
  }
  return 0
}

const pair = new Uint8Array(2 * WORD)

/** Writes keccak256(smaller ++ larger) of two nodes into `output`: OpenZeppelin's commutative node hash. */
export function hashPair(a: Uint8Array, i: number, b: Uint8Array, j: number, output: Uint8Array, at: number): void {
  const swap = compareWords(a, i, b, j) > 0
  const [first, second] = swap ? [WORD, 0] : [0, WORD]
  for (let k = 0; k < WORD; k++) {
    pair[first + k] = a[i + k]!
    pair[second + k] = b[j + k]!
  }
  keccakInto(pair, output, at)
}
