import type { DatanetStore, StoredRecord } from '../../datanet/store/DatanetStore.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** Hexadecimal digits that a beginning needs at least: fewer would soon mean several records. */
const fewest = 4

/**
 * The record whose id begins with some digits.
 *
 * @param beginning 4 hexadecimal digits or more, with or without 0x
 * @param others ids of records that the store does not hold, and that earned something
 * @returns the id, and the record where the store holds it
 * @throws OL1825 when several records begin so, OL1826 when none does
 */
export function findRecord(
  store: DatanetStore,
  beginning: string,
  others: readonly string[],
): { readonly id: string; readonly stored: StoredRecord | undefined } {
  const digits = beginning.toLowerCase().replace(/^0x/, '')
  if (!/^[0-9a-f]{1,64}$/.test(digits) || digits.length < fewest)
    throw new OpenLedgerError('OL1826', { beginning, datanet: store.info.name })
  const records = new Map(store.records().map((record) => [record.id as string, record]))
  const ids = [...new Set([...records.keys(), ...others])].filter((id) => id.startsWith(`0x${digits}`))
  const [id] = ids
  if (id === undefined) throw new OpenLedgerError('OL1826', { beginning, datanet: store.info.name })
  if (ids.length > 1)
    throw new OpenLedgerError('OL1825', { beginning, count: ids.length, ids: ids.slice(0, 5).join(', ') })
  return { id, stored: records.get(id) }
}
