import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { isHex } from '../files/hex.js'
import { type LeafValue, leafHasher, WORD } from './encodeLeaf.js'
import { compareWords, hashPair } from './hashPair.js'

function bytes32(hex: string, part: string): Uint8Array {
  if (!isHex(hex, 32)) throw new OpenLedgerError('OL1176', { part, value: hex })
  return Buffer.from(hex.slice(2), 'hex')
}

/**
 * Whether `proof` leads from a value to the root of a standard tree, by the rules of OpenZeppelin's MerkleProof.sol.
 *
 * @throws OL1170 to OL1172 and OL1176 when a type, a value, the root or a hash of the proof is malformed
 * @example
 * verifyProof(root, ['bytes32', 'address', 'uint64'], [recordId, contributor, '7'], proof) // true
 */
export function verifyProof(
  root: string,
  types: readonly string[],
  value: LeafValue,
  proof: readonly string[],
): boolean {
  const node = new Uint8Array(WORD)
  leafHasher(types)(value, 0, node, 0)
  for (const sibling of proof) hashPair(node, 0, bytes32(sibling, 'proof hash'), 0, node, 0)
  return compareWords(node, 0, bytes32(root, 'root'), 0) === 0
}
