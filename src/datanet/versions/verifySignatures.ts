import { join } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { type RecordPlace, verifyRecordSignature } from '../intake/recordSignature.js'
import type { DatanetStore } from '../store/DatanetStore.js'
import type { DatanetVersion, VersionRecord } from './DatanetVersion.js'

type SignedRecord = Pick<VersionRecord, 'id' | 'licence' | 'contributor' | 'signature'>

export interface VerifySignaturesOptions {
  /** Ids of the records to check, by default all. */
  readonly only?: ReadonlySet<string> | undefined
  /** Stops the work when it is aborted. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Checks that every record of a version was signed by its contributor, for this Datanet and under the record's licence. A record
 * takes about a millisecond, so that opening a version does not include this check; paying, publishing and importing do.
 *
 * @throws OL1110, OL1111 or OL1116, with file and line, for the first record whose signature is not valid
 * @throws the signal's reason when it is aborted
 * @example
 * await verifySignatures(await loadVersion('.', 1))
 */
export async function verifySignatures(
  { directory, identity, records }: Pick<DatanetVersion, 'directory' | 'identity' | 'records'>,
  options: VerifySignaturesOptions = {},
): Promise<void> {
  const file = join(directory, 'records.jsonl')
  await verifyEach(identity, records, (index) => ({ file, line: index + 1 }), options)
}

/**
 * Checks the signature of every approved record of a store, before they are published.
 *
 * @throws the same errors as {@link verifySignatures}; the line is the record's sequence
 */
export async function verifyApproved(store: DatanetStore, options: VerifySignaturesOptions = {}): Promise<void> {
  const records = store.records('approved')
  const file = store.paths.database
  await verifyEach(store.info.identity, records, (index) => ({ file, line: records[index]!.sequence }), options)
}

async function verifyEach(
  datanet: `0x${string}`,
  records: readonly SignedRecord[],
  placeOf: (index: number) => RecordPlace,
  { only, signal }: VerifySignaturesOptions,
): Promise<void> {
  for (const [index, { id, licence, contributor, signature }] of records.entries()) {
    if (only !== undefined && !only.has(id)) continue
    signal?.throwIfAborted()
    const place = placeOf(index)
    const canonical = await verifyRecordSignature({ datanet, recordId: id, licence }, contributor, signature, place)
    if (canonical !== signature)
      throw new OpenLedgerError('OL1111', { ...place, recordId: id, reason: 'its last byte is not 1b or 1c' })
    // Recovering a signer never waits, so that only a turn of the event loop lets the process receive Ctrl-C.
    if (index % 32 === 31) await new Promise(setImmediate)
  }
}
