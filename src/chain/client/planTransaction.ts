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

  /** The stop behind an error that viem has wrapped. */
  static in(thrown: unknown): PlannedStop | undefined {
    const found = thrown instanceof BaseError ? thrown.walk((error) => error instanceof PlannedStop) : thrown
    return found instanceof PlannedStop ? found : undefined
  }
}

/**
 * Runs an action up to its first transaction, checked and estimated against the chain as it is now, and tells what would
 * be signed. No key is opened, nothing is signed or sent.
 *
 * @returns undefined when the action ends without a transaction
 * @throws what the action throws, a contract's refusal for one
 * @example
 * const planned = await planTransaction(network, account, (client) => finalizeEpoch(client, { epoch: 1 }))
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
