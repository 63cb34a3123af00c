import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import { formatOpen } from '../../terminal/formats.js'
import { visible } from '../../terminal/printable.js'

/** Longer values are cut: a proof of twenty hashes tells nobody anything. */
const longest = 100

/**
 * Transactions as they are shown before they are signed: who calls what, with which money. A text among the arguments stays on
 * its line: a line break in it could begin a line that passes for the receiver or the money.
 */
export function describeTransactions(planned: readonly PlannedTransaction[]): string {
  return planned.map((transaction, i) => describeOne(transaction, i, planned.length)).join('\n')
}

function describeOne(transaction: PlannedTransaction, index: number, count: number): string {
  const { network, chainId, from, to, contract, function: name, valueWei, gas, gasCostWei, data } = transaction
  const target = to === null ? 'a new contract' : contract === null ? to : `${contract} ${to}`
  const called = name === null ? (data === '0x' ? 'a plain payment' : `data ${cut(data)}`) : name
  const number = count === 1 ? '' : ` ${index + 1} of ${count}`
  return [
    `transaction${number} on ${network} (chain ${chainId})`,
    `  from      ${from}`,
    `  to        ${target}`,
    `  function  ${called}`,
    ...transaction.arguments.map(({ name: argument, value }) => `    ${argument} = ${cut(visible(value))}`),
    `  value     ${formatOpen(valueWei, 18)}`,
    gas === null
      ? '  gas       known once the transactions before it are mined'
      : `  gas       ${gas}${gasCostWei === null ? '' : `, at most ${formatOpen(gasCostWei, 9)}`}`,
  ].join('\n')
}

const cut = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest - 1)}…`)
