import { describe, expect, test } from '@jest/globals'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { buildStandardTree } from '../../src/merkle/buildStandardTree.js'
import { loadTree } from '../../src/merkle/loadTree.js'
import { verifyProof } from '../../src/merkle/verifyProof.js'
import { hashStream, integerStream } from './random.js'

const hash = hashStream('standard tree')
const address = () => hash().slice(0, 42)
const amount = () => BigInt(hash()).toString()

const recordTypes = ['bytes32', 'address']
const rewardTypes = ['uint256', 'address', 'address', 'uint256']
const recordLeaf = () => [hash(), address()]
const rewardLeaf = () => ['1612', address(), address(), amount()]
const leavesOf = (leaf: () => string[], count: number) => Array.from({ length: count }, leaf)

const size = integerStream('sizes', 1, 300)
// Every shape of the last two levels, then sizes at random.
const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 300, ...Array.from({ length: 12 }, size)]

describe.each([
  ['records', recordTypes, recordLeaf],
  ['rewards', rewardTypes, rewardLeaf],
] as const)('a tree of %s', (_, types, leaf) => {
  test.each(sizes)('with %i leaves is the reference tree', (count) => {
    const values = leavesOf(leaf, count)
    const reference = StandardMerkleTree.of(values, [...types])
    const tree = buildStandardTree(types, values)
    expect(tree.root).toBe(reference.root)
    expect(tree.leafCount).toBe(count)
    expect(tree.dump()).toEqual(reference.dump())
    for (const index of new Set([0, count - 1, count >> 1, count >> 2])) {
      const proof = tree.proof(index)
      expect(proof).toEqual(reference.getProof(index))
      expect(tree.indexOf(values[index]!)).toBe(index)
      expect(verifyProof(tree.root, types, values[index]!, proof)).toBe(true)
      expect(verifyProof(tree.root, types, leaf(), proof)).toBe(false)
      expect(StandardMerkleTree.verify(tree.root, [...types], values[index]!, proof)).toBe(true)
    }
    expect(loadTree(JSON.parse(JSON.stringify(reference.dump()))).dump()).toEqual(reference.dump())
    expect(StandardMerkleTree.load(tree.dump()).root).toBe(tree.root)
  })
})

describe('values', () => {
  test('that repeat have the proofs and the index of the reference', () => {
    const same = recordLeaf()
    const values = [same, recordLeaf(), same, recordLeaf(), same]
    const reference = StandardMerkleTree.of(values, recordTypes)
    const tree = buildStandardTree(recordTypes, values)
    expect(tree.dump()).toEqual(reference.dump())
    expect(tree.indexOf(same)).toBe(reference.leafLookup(same))
  })

  test('of uint64 are padded as OpenZeppelin pads them, up to the largest', () => {
    const values = [['0'], [(2n ** 64n - 1n).toString()]]
    expect(buildStandardTree(['uint64'], values).root).toBe(StandardMerkleTree.of(values, ['uint64']).root)
    // 32 bytes all the same: that the type is narrower only bounds the values.
    expect(buildStandardTree(['uint64'], values).root).toBe(buildStandardTree(['uint256'], values).root)
  })

  test('of uint256 may be bigints; the dump has decimal strings', () => {
    const most = 2n ** 256n - 1n
    const tree = buildStandardTree(['uint256'], [[0n], [most]])
    const reference = StandardMerkleTree.of([['0'], [most.toString()]], ['uint256'])
    expect(tree.dump()).toEqual(reference.dump())
    expect(tree.indexOf([most])).toBe(1)
    expect(tree.indexOf([7n])).toBe(-1)
  })

  test('of mixed case hash as the reference hashes them', () => {
    const values = [['0xaBcDef0123456789aBcDef0123456789aBcDef01']]
    expect(buildStandardTree(['address'], values).root).toBe(StandardMerkleTree.of(values, ['address']).root)
  })

  test.each([
    ['bytes32', `0x${'0'.repeat(63)}`],
    ['bytes32', `0x${'0'.repeat(66)}`],
    ['bytes32', '0'.repeat(66)],
    ['bytes32', `0x${'0'.repeat(63)}g`],
    ['bytes32', 5n],
    ['address', `0x${'0'.repeat(64)}`],
    ['address', `0x${'z'.repeat(40)}`],
    ['uint64', -1n],
    ['uint64', 2n ** 64n],
    ['uint64', '18446744073709551616'],
    ['uint256', -1n],
    ['uint256', 2n ** 256n],
    ['uint256', '1e3'],
    ['uint256', ''],
    ['uint256', '-1'],
  ])('%s %s is refused', (type, value) => {
    expect(() => buildStandardTree([type], [[value]])).toThrow(expect.objectContaining({ code: 'OL1171' }))
  })

  test.each(['string', 'bytes', 'uint8', 'uint256[]', '(uint256)'])('of type %s are refused', (type) => {
    expect(() => buildStandardTree([type], [['0']])).toThrow(expect.objectContaining({ code: 'OL1170' }))
  })

  test('must be there, and be as many as the types', () => {
    expect(() => buildStandardTree(recordTypes, [])).toThrow(expect.objectContaining({ code: 'OL1173' }))
    expect(() => buildStandardTree(recordTypes, [recordLeaf(), [hash()]])).toThrow(
      expect.objectContaining({ code: 'OL1172', details: { index: 1, found: 1, expected: 2 } }),
    )
    expect(() => buildStandardTree(recordTypes, [recordLeaf()]).proof(1)).toThrow(
      expect.objectContaining({ code: 'OL1174' }),
    )
  })
})

describe('verifyProof', () => {
  const values = leavesOf(recordLeaf, 9)
  const tree = buildStandardTree(recordTypes, values)

  test('refuses a proof that is cut, extended, of another leaf, or to another root', () => {
    const proof = tree.proof(4)
    expect(verifyProof(tree.root, recordTypes, values[4]!, proof.slice(1))).toBe(false)
    expect(verifyProof(tree.root, recordTypes, values[4]!, [...proof, hash()])).toBe(false)
    expect(verifyProof(tree.root, recordTypes, values[5]!, proof)).toBe(false)
    expect(verifyProof(hash(), recordTypes, values[4]!, proof)).toBe(false)
  })

  test('names a malformed root or proof hash', () => {
    expect(() => verifyProof('0x12', recordTypes, values[0]!, [])).toThrow(expect.objectContaining({ code: 'OL1176' }))
    expect(() => verifyProof(tree.root, recordTypes, values[0]!, ['0x'])).toThrow(
      expect.objectContaining({ code: 'OL1176' }),
    )
  })
})

describe('loadTree', () => {
  const dump = () => structuredClone(buildStandardTree(recordTypes, leavesOf(recordLeaf, 6)).dump())
  type Dump = ReturnType<typeof dump>

  const damage: readonly [string, (dump: Dump) => unknown][] = [
    ['another format', (dump) => ({ ...dump, format: 'simple-v1' })],
    ['no values', (dump) => ({ ...dump, values: [] })],
    ['a node too few', (dump) => ({ ...dump, tree: dump.tree.slice(0, -1) })],
    ['a node that is not hex', (dump) => ({ ...dump, tree: dump.tree.with(3, '0xno') })],
    ['a changed inner node', (dump) => ({ ...dump, tree: dump.tree.with(1, hash()) })],
    ['a changed root', (dump) => ({ ...dump, tree: dump.tree.with(0, hash()) })],
    [
      'a changed value',
      (dump) => ({ ...dump, values: dump.values.with(2, { ...dump.values[2]!, value: recordLeaf() }) }),
    ],
    [
      'a value at an inner node',
      (dump) => ({ ...dump, values: dump.values.with(2, { ...dump.values[2]!, treeIndex: 0 }) }),
    ],
    ['two values at one leaf', (dump) => ({ ...dump, values: dump.values.with(2, dump.values[3]!) })],
  ]

  test.each(damage)('refuses a dump with %s', (_, change) => {
    expect(() => loadTree(change(dump()))).toThrow(expect.objectContaining({ code: 'OL1175', exitCode: 6 }))
  })

  test('reads a tree of the reference whose leaves are not sorted', () => {
    const values = leavesOf(recordLeaf, 7)
    const reference = StandardMerkleTree.of(values, recordTypes, { sortLeaves: false })
    const tree = loadTree(reference.dump())
    expect(tree.root).toBe(reference.root)
    expect(tree.indexOf(values[5]!)).toBe(5)
    expect(tree.proof(5)).toEqual(reference.getProof(5))
  })
})
