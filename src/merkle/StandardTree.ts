import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { checkLeafTypes, type LeafType, type LeafValue, leafHasher, WORD } from './encodeLeaf.js'

/** The JSON form of `StandardMerkleTree.dump()` of `@openzeppelin/merkle-tree`; uint256 values are decimal strings. */
export interface StandardTreeDump {
  readonly format: 'standard-v1'
  readonly leafEncoding: string[]
  /** Nodes as 0x-prefixed hex, the root first; the children of node i are 2i + 1 and 2i + 2. */
  readonly tree: string[]
  readonly values: { value: string[]; treeIndex: number }[]
}

/**
 * An OpenZeppelin standard-v1 Merkle tree. It has the same root, proofs and dump as `StandardMerkleTree`, so that every
 * OpenZeppelin client, on chain or off, verifies them. One byte array holds the nodes (32 bytes a node, heap order).
 *
 * `buildStandardTree` and `loadTree` make trees and guarantee that the nodes are right.
 */
export class StandardTree {
  readonly leafCount: number
  readonly #types: readonly LeafType[]
  readonly #values: readonly LeafValue[]
  /** Place of each value's leaf in the heap. */
  readonly #treeIndex: Uint32Array
  readonly #nodes: Buffer
  #lookup: Map<string, number> | undefined

  constructor(types: readonly string[], values: readonly LeafValue[], treeIndex: Uint32Array, nodes: Uint8Array) {
    checkLeafTypes(types)
    this.leafCount = values.length
    this.#types = types
    this.#values = values
    this.#treeIndex = treeIndex
    this.#nodes = Buffer.from(nodes.buffer, nodes.byteOffset, nodes.byteLength)
  }

  /** The root as 0x-prefixed hex. */
  get root(): `0x${string}` {
    return this.#node(0)
  }

  /**
   * The sibling hashes from the leaf of value `index` (as given to the builder) up to the root.
   *
   * @throws OL1174 when there is no such value
   */
  proof(index: number): `0x${string}`[] {
    let node = this.#treeIndex[index]
    if (node === undefined) throw new OpenLedgerError('OL1174', { index, count: this.leafCount })
    const proof: `0x${string}`[] = []
    for (; node > 0; node = (node - 1) >> 1) proof.push(this.#node(node % 2 === 1 ? node + 1 : node - 1))
    return proof
  }

  /**
   * The index of a value, or -1. Of equal values it is the last index, as in the reference.
   *
   * @throws OL1171 and OL1172 when the value does not fit the types
   */
  indexOf(value: LeafValue): number {
    const leaf = Buffer.alloc(WORD)
    leafHasher(this.#types)(value, 0, leaf, 0)
    // The map is built on demand, because most trees are asked only for their root and for proofs by index.
    this.#lookup ??= new Map(Array.from(this.#treeIndex, (node, index) => [this.#node(node), index]))
    return this.#lookup.get(`0x${leaf.toString('hex')}`) ?? -1
  }

  /** The tree as JSON, for `loadTree` and `StandardMerkleTree.load`. */
  dump(): StandardTreeDump {
    return {
      format: 'standard-v1',
      leafEncoding: [...this.#types],
      tree: Array.from({ length: 2 * this.leafCount - 1 }, (_, node) => this.#node(node)),
      values: this.#values.map((value, index) => ({ value: value.map(String), treeIndex: this.#treeIndex[index]! })),
    }
  }

  #node(node: number): `0x${string}` {
    return `0x${this.#nodes.toString('hex', node * WORD, (node + 1) * WORD)}`
  }
}
