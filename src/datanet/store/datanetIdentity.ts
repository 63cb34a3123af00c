import { randomBytes } from 'node:crypto'
import { encodeAbiParameters } from 'viem/utils'
import { keccak256 } from '../../files/canonicalJson.js'

/**
 * The identity of a Datanet, for which its contributors sign. It exists before any chain knows the Datanet, is the same on every
 * chain, and does not follow from the name alone: another Datanet of the same name has another identity. The DatanetRegistry
 * computes it in the same way (`identityOf`), so that a registration commits to it.
 *
 * @param salt 32 random bytes from the creation of the Datanet ({@link randomSalt})
 * @returns keccak256(abi.encode(name, salt))
 * @example
 * const identity = datanetIdentity('bees', randomSalt())
 */
export const datanetIdentity = (name: string, salt: `0x${string}`): `0x${string}` =>
  keccak256(Buffer.from(encodeAbiParameters([{ type: 'string' }, { type: 'bytes32' }], [name, salt]).slice(2), 'hex'))

/** The salt of a new Datanet: 32 random bytes. */
export const randomSalt = (): `0x${string}` => `0x${randomBytes(32).toString('hex')}`
