import type { LocalAccount } from 'viem/accounts'
import type { Address } from '../../config/address.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { canonicalJson } from '../../files/canonicalJson.js'
import { type ParsedRecord, parseRecord } from '../../records/parseRecord.js'
import { byLine, isOfRow, refuseAll } from '../../records/refuseAll.js'
import type { DatanetInfo } from '../store/DatanetStore.js'
import type { Contribution } from './Contribution.js'
import { checkRecord } from './intakeChecks.js'
import { signRecord, verifyRecordSignature } from './recordSignature.js'

/** A record with contributor, licence and signature. */
export interface SignedRecord extends ParsedRecord {
  readonly contributor: Address
  readonly licence: string
  readonly signature: `0x${string}`
}

/** The Datanet for which records are signed, and the licence of those that name none. */
export type SignedFor = Pick<DatanetInfo, 'identity' | 'licence'>

export interface SignContributionOptions {
  /** Signs the lines that have no signature. Lines may then leave out `contributor`. */
  readonly account?: LocalAccount | undefined
  /** Stops the work when it is aborted. */
  readonly signal?: AbortSignal | undefined
}

/** A record with its contributor and licence, not yet signed. */
export interface ClaimedRecord extends ParsedRecord {
  readonly contributor: Address
  readonly licence: string
}

/**
 * Reads the records of a contribution and decides on the contributor and the licence of each. It signs nothing.
 *
 * @param account address of the account that will sign; undefined when every line must already be signed
 * @throws OL1100 to OL1102 or OL1904 for a line that is not a record, OL1104 for one that fails a check of the intake, OL1112,
 * OL1113 when the contributor is not clear; OL1357 for several
 */
export function claimRecords(
  { file, lines, faults = [] }: Contribution,
  datanet: SignedFor,
  account: Address | undefined,
): ClaimedRecord[] {
  const claimed: ClaimedRecord[] = []
  const bad = [...faults]
  for (const line of lines) {
    try {
      const record = parseRecord(line, file)
      checkRecord(record, file)
      claimed.push(claim(record, file, datanet, account))
    } catch (error) {
      if (!isOfRow(error)) throw error
      bad.push(error)
    }
  }
  refuseAll(byLine(bad), lines.length + faults.length)
  return claimed
}

/** Decides on the contributor and the licence of a record. */
function claim(
  record: ParsedRecord,
  file: string,
  { licence }: SignedFor,
  account: Address | undefined,
): ClaimedRecord {
  const place = { file, line: record.line }
  if (account !== undefined && record.contributor !== undefined && record.contributor !== account)
    throw new OpenLedgerError('OL1113', { ...place, found: record.contributor, account })
  const contributor = record.contributor ?? account
  if (contributor === undefined) throw new OpenLedgerError('OL1112', { ...place, field: 'contributor' })
  if (record.signature === undefined && account === undefined)
    throw new OpenLedgerError('OL1112', { ...place, field: 'signature' })
  return { ...record, contributor, licence: record.licence ?? licence }
}

/**
 * Signs a contribution, and verifies the lines that are already signed. It needs no store, so that contributors can sign on
 * their own machines.
 *
 * @throws the same errors as {@link claimRecords}, before the first line is signed
 * @throws OL1110, OL1111, OL1116 for a wrong signature, OL1357 for several; the signal's reason when it is aborted
 * @example
 * const signed = await signContribution(await readContribution('tides.jsonl'), { identity, licence: 'CC0-1.0' }, { account })
 */
export async function signContribution(
  contribution: Contribution,
  datanet: SignedFor,
  { account, signal }: SignContributionOptions = {},
): Promise<SignedRecord[]> {
  const signed: SignedRecord[] = []
  const bad: OpenLedgerError[] = []
  const claimed = claimRecords(contribution, datanet, account?.address)
  for (const record of claimed) {
    signal?.throwIfAborted()
    const { id, line, contributor, licence } = record
    const statement = { datanet: datanet.identity, recordId: id, licence }
    const given = record.signature ?? (await signRecord(account as LocalAccount, statement))
    try {
      const signature = await verifyRecordSignature(statement, contributor, given, { file: contribution.file, line })
      signed.push({ ...record, signature })
    } catch (error) {
      if (!isOfRow(error)) throw error
      bad.push(error)
    }
    // Signing and verifying never wait, so that only a turn of the event loop lets the process receive Ctrl-C.
    if (signed.length % 32 === 0) await new Promise(setImmediate)
  }
  refuseAll(bad, claimed.length)
  return signed
}

/** Writes signed records as JSON Lines for `datanet add`. */
export const signedLines = (records: readonly SignedRecord[]): string =>
  records
    .map(({ content, id, contributor, licence, signature }) =>
      canonicalJson({ ...content, id, contributor, licence, signature }),
    )
    .map((line) => `${line}\n`)
    .join('')
