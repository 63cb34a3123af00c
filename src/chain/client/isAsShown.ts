import type { PlannedTransaction } from './describeTransaction.js'

/**
 * Whether a transaction that is about to be signed is one that was shown: the same call with the same money from the same
 * account. Gas may differ. Of a call that could not be prepared when it was shown, because it needs one before it to be mined,
 * the contract, the function and every argument that was shown by the name that it has have to agree.
 *
 * @example
 * import { isAsShown } from 'openledger'
 * isAsShown(transaction, planned) // false: somebody approved a record in between, so the root is another
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

/** Lists are shown as JSON, their numbers as texts in one place and as numbers in the other; hex has no case. */
const sameValue = (shown: string | undefined, value: string): boolean => plain(shown ?? '') === plain(value)

const plain = (text: string): string => text.replaceAll('"', '').replace(/0x[0-9a-fA-F]+/g, (hex) => hex.toLowerCase())
