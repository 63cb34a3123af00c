import type { LocalAccount } from 'viem/accounts'
import { recoverTypedDataAddress } from 'viem/utils'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import type { Address } from './checksumAddress.js'

/** What a contributor signs: that this record may be in this Datanet under this licence. */
export interface RecordStatement {
  /** The Datanet's name. */
  readonly datanet: string
  readonly recordId: `0x${string}`
  readonly licence: string
}

/** The EIP-712 document of a statement. It names no chain: a Datanet is signed for before it is published anywhere. */
const recordTypedData = ({ datanet, recordId, licence }: RecordStatement) =>
  ({
    domain: { name: 'OpenLedger Datanet', version: '1' },
    types: {
      Record: [
        { name: 'datanet', type: 'string' },
        { name: 'recordId', type: 'bytes32' },
        { name: 'licence', type: 'string' },
      ],
    },
    primaryType: 'Record',
    message: { datanet, recordId, licence },
  }) as const

/**
 * Signs a record as its contributor.
 *
 * @returns 65 bytes as 0x-prefixed hex
 */
export const signRecord = (account: LocalAccount, statement: RecordStatement): Promise<`0x${string}`> =>
  account.signTypedData(recordTypedData(statement))

/**
 * Checks that `contributor` signed the statement.
 *
 * @param place where the record stands, for the error
 * @throws OL1110 when somebody else signed it, or something else was signed
 * @throws OL1111 when the bytes are not a signature at all
 */
export async function verifyRecordSignature(
  statement: RecordStatement,
  contributor: Address,
  signature: `0x${string}`,
  place: { readonly file: string; readonly line: number },
): Promise<void> {
  const { recordId, datanet } = statement
  let signer: Address
  try {
    signer = await recoverTypedDataAddress({ ...recordTypedData(statement), signature })
  } catch (cause) {
    throw new OpenLedgerError('OL1111', { ...place, recordId, reason: reasonOf(cause) }, { cause })
  }
  if (signer !== contributor) throw new OpenLedgerError('OL1110', { ...place, recordId, signer, contributor, datanet })
}
