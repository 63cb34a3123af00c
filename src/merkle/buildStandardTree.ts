import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type LeafValue, leafHasher, WORD } from './encodeLeaf.js'
import { compareWords, hashPair } from './hashPair.js'
import { StandardTree } from './StandardTree.js'

/** The order of leaf hashes, ascending; equal leaves keep the order of their values, as in the reference. */
function sortedOrder(leaves: Uint8Array, count: number): Uint32Array {
  const view = new DataView(leaves.buffer)
  // A float64 holds six bytes exactly, and they nearly always decide. Comparing all 32 bytes of each pair takes twice as long.
  const prefix = Float64Array.from(
    { length: count },
    (_, i) => view.getUint32(i * WORD) * 2 ** 16 + view.getUint16(i * WORD + 4),
  )
  return Uint32Array.from({ length: count }, (_, i) => i).sort(
    (i, j) => prefix[i]! - prefix[j]! || compareWords(leaves, i * WORD, leaves, j * WORD) || i - j,
  )
}

/**
 * Builds the OpenZeppelin standard tree of `values`: double-hashed ABI-encoded leaves, sorted, commutative nodes.
 *
 * @param types the ABI types of a value's parts: bytes32, address, uint256
 * @throws OL1170 to OL1173 for other types, for values that do not fit them, and when there are no values
 * @example
 * const tree = buildStandardTree(['bytes32', 'address'], records.map(({ id, contributor }) => [id, contributor]))
 * tree.root // '0x…'
 * tree.proof(0) // ['0x…', …]
 */
export function buildStandardTree(types: readonly string[], values: readonly LeafValue[]): StandardTree {
  const count = values.length
  const hashLeaf = leafHasher(types)
  if (count === 0) throw new OpenLedgerError('OL1173', {})
  const leaves = new Uint8Array(count * WORD)
  for (const [index, value] of values.entries()) hashLeaf(value, index, leaves, index * WORD)

  const nodes = new Uint8Array((2 * count - 1) * WORD)
  const treeIndex = new Uint32Array(count)
  // Leaves fill the heap from its end: the smallest hash is the last node.
  for (const [rank, index] of sortedOrder(leaves, count).entries()) {
    const node = 2 * count - 2 - rank
    treeIndex[index] = node
    nodes.set(leaves.subarray(index * WORD, (index + 1) * WORD), node * WORD)
  }
  for (let node = count - 2; node >= 0; node--) {
    hashPair(nodes, (2 * node + 1) * WORD, nodes, (2 * node + 2) * WORD, nodes, node * WORD)
  }
  return new StandardTree(types, values, treeIndex, nodes)
}
