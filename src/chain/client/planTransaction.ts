import { BaseError, type LocalAccount } from 'viem'
import type { WriteClient } from './ChainClient.js'
import { createChainClient } from './createChainClient.js'
import type { PlannedTransaction } from './describeTransaction.js'
import type { Network } from './networks.js'

/** Thrown in place of a signature. */
export class PlannedStop extends Error {
  readonly transaction: PlannedTransaction

  constructor(transaction: PlannedTransaction) {
    super('not signed: the transaction was only planned')
    this.transaction = transaction
  }

  /** The stop within an error of viem that wraps it. */
  static in(thrown: unknown): PlannedStop | undefined {
    const found = thrown instanceof BaseError ? thrown.walk((error) => error instanceof PlannedStop) : thrown
    return found instanceof PlannedStop ? found : undefined
  }
}

/**
 * Runs an action up to its first transaction, which is checked and estimated against the present chain, and returns
 * what the account would sign. It opens no key, and signs and sends nothing.
 *
 * @returns undefined when the action ends without a transaction
 * @throws the errors of the action, for example a contract's refusal
 * @example
 * const planned = await planTransaction(network, signer, (client) => finalizeEpoch(client, { epoch: 1 }))
 */
export async function planTransaction(
  network: Network,
  account: LocalAccount,
  act: (client: WriteClient) => Promise<unknown>,
): Promise<PlannedTransaction | undefined> {
  const review = (transaction: PlannedTransaction): never => {
    throw new PlannedStop(transaction)
  }
  try {
    await act(createChainClient({ network, account, review: async (transaction) => review(transaction) }))
    return undefined
  } catch (thrown) {
    const stop = PlannedStop.in(thrown)
    if (stop === undefined) throw thrown
    return stop.transaction
  }
}
