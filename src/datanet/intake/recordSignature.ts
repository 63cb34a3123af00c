import type { LocalAccount } from 'viem/accounts'
import { recoverTypedDataAddress } from 'viem/utils'
import type { Address } from '../../config/address.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'

/** The statement that a contributor signs: this record may be in this Datanet under this licence. */
export interface RecordStatement {
  /** The Datanet's identity. */
  readonly datanet: `0x${string}`
  readonly recordId: `0x${string}`
  readonly licence: string
}

/**
 * The EIP-712 document of a statement, for `eth_signTypedData_v4`, viem and ethers. It names no chain, because contributors sign
 * before the Datanet is published anywhere. docs/signatures.md describes it.
 */
export const recordTypedData = ({ datanet, recordId, licence }: RecordStatement) =>
  ({
    domain: { name: 'OpenLedger Datanet', version: '2' },
    types: {
      Record: [
        { name: 'datanet', type: 'bytes32' },
        { name: 'recordId', type: 'bytes32' },
        { name: 'licence', type: 'string' },
      ],
    },
    primaryType: 'Record',
    message: { datanet, recordId, licence },
  }) as const

/** The place of a record in a file, for errors. */
export interface RecordPlace {
  readonly file: string
  readonly line: number
}

/** Half of the order of secp256k1. For each signature with a larger s anybody can compute a second one with a smaller s. */
const largestS = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/**
 * Converts a signature to the only spelling that a Datanet stores: r, s in the lower half, and 27 or 28. Some wallets write 0
 * or 1 as the last byte.
 *
 * @param signature 65 bytes as 0x-prefixed hex
 * @throws OL1111 when the last byte is none of these, OL1116 when s is in the upper half
 */
function canonicalSignature(signature: `0x${string}`, place: RecordPlace & { recordId: string }): `0x${string}` {
  const recovery = Number.parseInt(signature.slice(130), 16)
  if (![0, 1, 27, 28].includes(recovery))
    throw new OpenLedgerError('OL1111', { ...place, reason: `its last byte is ${recovery}, not 27 or 28` })
  if (BigInt(`0x${signature.slice(66, 130)}`) > largestS) throw new OpenLedgerError('OL1116', place)
  return `${signature.slice(0, 130).toLowerCase()}${recovery % 27 === 0 ? '1b' : '1c'}` as `0x${string}`
}

/**
 * Signs a record with the account of its contributor.
 *
 * @returns 65 bytes as 0x-prefixed hex
 */
export const signRecord = (account: LocalAccount, statement: RecordStatement): Promise<`0x${string}`> =>
  account.signTypedData(recordTypedData(statement))

/**
 * Checks that `contributor` signed the statement. The check takes about a millisecond.
 *
 * @param signature 65 bytes as 0x-prefixed hex
 * @param place place of the record, for errors
 * @returns the signature in the spelling that a Datanet stores
 * @throws OL1110 when another account signed it, or when the signature is for another statement
 * @throws OL1111 when the bytes are not a signature; OL1116 when they are the second spelling of one
 */
export async function verifyRecordSignature(
  statement: RecordStatement,
  contributor: Address,
  signature: `0x${string}`,
  place: RecordPlace,
): Promise<`0x${string}`> {
  const { recordId, datanet } = statement
  const { file, line } = place
  const canonical = canonicalSignature(signature, { file, line, recordId })
  let signer: Address
  try {
    signer = await recoverTypedDataAddress({ ...recordTypedData(statement), signature: canonical })
  } catch (cause) {
    throw new OpenLedgerError('OL1111', { file, line, recordId, reason: reasonOf(cause) }, { cause })
  }
  if (signer !== contributor)
    throw new OpenLedgerError('OL1110', { file, line, recordId, signer, contributor, datanet })
  return canonical
}
