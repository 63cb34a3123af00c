import { randomBytes } from 'node:crypto'
import { encodeAbiParameters } from 'viem/utils'
import { keccak256 } from '../../files/canonicalJson.js'

/**
 * The identity of a Datanet: what its contributors sign for. It is there before any chain knows the Datanet, is the same on
 * every chain, and does not follow from the name alone: another Datanet of the same name has another one. The
 * DatanetRegistry computes it in the same way (`identityOf`), so a registration commits to it.
 *
 * @param salt 32 bytes that were drawn when the Datanet was made ({@link randomSalt})
 * @returns keccak256(abi.encode(name, salt))
 * @example
 * const identity = datanetIdentity('bees', randomSalt())
 */
export const datanetIdentity = (name: string, salt: `0x${string}`): `0x${string}` =>
  keccak256(Buffer.from(encodeAbiParameters([{ type: 'string' }, { type: 'bytes32' }], [name, salt]).slice(2), 'hex'))

/** The salt of a new Datanet: 32 bytes that nobody else draws. */
export const randomSalt = (): `0x${string}` => `0x${randomBytes(32).toString('hex')}`
