import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hexBytes } from '../files/hexSchemas.js'
import { parseWith } from '../files/parseWith.js'
import { leafHasher, WORD } from './encodeLeaf.js'
import { compareWords, hashPair } from './hashPair.js'
import { StandardTree } from './StandardTree.js'

const dumpSchema = z.object({
  format: z.literal('standard-v1'),
  leafEncoding: z.array(z.string()).min(1),
  tree: z.array(hexBytes(32)).min(1),
  values: z.array(z.object({ value: z.array(z.string()), treeIndex: z.int().nonnegative() })).min(1),
})

/**
 * Reads a tree from a dump of ours or of `@openzeppelin/merkle-tree`, and checks all of it: every value is at its leaf, every
 * leaf has one value, every node is the hash of its children.
 *
 * @throws OL1175 when a part of the dump is missing or does not agree with the rest
 * @throws OL1170 to OL1172 when types or values of the dump are not supported
 */
export function loadTree(dump: unknown): StandardTree {
  const { leafEncoding, tree, values } = parseWith(dumpSchema, dump, ({ reason }) => wrong(reason))
  const count = values.length
  if (tree.length !== 2 * count - 1) throw wrong(`${count} values, but ${tree.length} nodes`)

  const nodes = new Uint8Array(tree.length * WORD)
  for (const [node, hex] of tree.entries()) nodes.set(Buffer.from(hex.slice(2), 'hex'), node * WORD)

  const hashLeaf = leafHasher(leafEncoding)
  const hash = new Uint8Array(WORD)
  const taken = new Set<number>()
  for (const [index, { value, treeIndex }] of values.entries()) {
    if (treeIndex < count - 1 || treeIndex >= tree.length)
      throw wrong(`value ${index} is at node ${treeIndex}, which is not a leaf`)
    if (taken.has(treeIndex)) throw wrong(`value ${index} is at node ${treeIndex}, like an earlier value`)
    taken.add(treeIndex)
    hashLeaf(value, index, hash, 0)
    if (compareWords(hash, 0, nodes, treeIndex * WORD) !== 0) {
      throw wrong(`value ${index} does not hash to node ${treeIndex}`)
    }
  }
  for (let node = count - 2; node >= 0; node--) {
    hashPair(nodes, (2 * node + 1) * WORD, nodes, (2 * node + 2) * WORD, hash, 0)
    if (compareWords(hash, 0, nodes, node * WORD) !== 0) throw wrong(`node ${node} is not the hash of its children`)
  }
  const treeIndices = Uint32Array.from(values, ({ treeIndex }) => treeIndex)
  return new StandardTree(
    leafEncoding,
    values.map(({ value }) => value),
    treeIndices,
    nodes,
  )
}

const wrong = (reason: string) => new OpenLedgerError('OL1175', { reason })
