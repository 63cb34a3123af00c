import { join } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { DatanetVersion } from './loadVersion.js'
import { verifyRecordSignature } from './recordSignature.js'

/**
 * Checks that every record of a version was signed by its contributor, for this Datanet and under the record's licence. It
 * takes about a millisecond a record, so opening a version does not do it: what pays, publishes or imports does.
 *
 * @param only ids of the records to check; all unless given
 * @throws OL1110, OL1111 or OL1116, with file and line, for the first record whose signature does not hold
 * @throws the signal's reason when it is aborted
 * @example
 * await verifySignatures(await loadVersion('.', 1))
 */
export async function verifySignatures(
  version: Pick<DatanetVersion, 'directory' | 'identity' | 'records'>,
  { only, signal }: { readonly only?: ReadonlySet<string>; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const file = join(version.directory, 'records.jsonl')
  for (const [index, { id, licence, contributor, signature }] of version.records.entries()) {
    if (only !== undefined && !only.has(id)) continue
    signal?.throwIfAborted()
    const place = { file, line: index + 1 }
    const statement = { datanet: version.identity, recordId: id, licence }
    const canonical = await verifyRecordSignature(statement, contributor, signature, place)
    if (canonical !== signature)
      throw new OpenLedgerError('OL1111', { ...place, recordId: id, reason: 'its last byte is not 1b or 1c' })
    // Recovering never waits for anything: without a turn of the event loop Ctrl-C would not be heard.
    if (index % 32 === 31) await new Promise(setImmediate)
  }
}
