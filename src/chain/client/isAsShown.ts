import type { PlannedTransaction } from './describeTransaction.js'

/**
 * Whether a transaction is the one that was shown to the user before: the same call with the same money from the same
 * account. Gas may differ. A call that could not be prepared when it was shown, because it requires that an earlier one
 * is mined, agrees if contract and function are the same and every argument that was shown has the shown value.
 *
 * @example
 * isAsShown(transaction, planned) // false: a record was approved in between, so the root has changed
 */
export function isAsShown(transaction: PlannedTransaction, shown: PlannedTransaction): boolean {
  const same = (['chainId', 'from', 'to', 'valueWei'] as const).every((field) => transaction[field] === shown[field])
  if (!same) return false
  if (shown.gas !== null) return transaction.data === shown.data
  const values = new Map(shown.arguments.map(({ name, value }) => [name, value]))
  return (
    transaction.function === shown.function &&
    transaction.arguments.every(({ name, value }) => !values.has(name) || sameValue(values.get(name), value))
  )
}

/** Lists are shown as JSON, with numbers as strings in one place and as numbers in the other; hex ignores case. */
const sameValue = (shown: string | undefined, value: string): boolean => plain(shown ?? '') === plain(value)

const plain = (text: string): string => text.replaceAll('"', '').replace(/0x[0-9a-fA-F]+/g, (hex) => hex.toLowerCase())
