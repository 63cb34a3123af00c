import { BaseError, type LocalAccount, type TransactionSerializable, type TypedDataDefinition } from 'viem'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ReadClient } from './ChainClient.js'
import { describeTransaction, type PlannedTransaction } from './describeTransaction.js'
import type { Network } from './networks.js'
import { verifyChain } from './verifyChain.js'

/** Is called with a transaction before it is signed. If it throws, the transaction is not signed. */
export type Review = (transaction: PlannedTransaction) => Promise<void>

const verified = new WeakMap<Network, Promise<void>>()

/** Asks the node of a network only once which chain it is on. */
function verifyOnce(network: Network, client: ReadClient): Promise<void> {
  const known = verified.get(network) ?? verifyChain(client)
  verified.set(network, known)
  known.catch(() => verified.delete(network))
  return known
}

/**
 * An account that signs for one network only. It signs nothing before the node has confirmed that it is on the
 * network's chain, nothing for another chain, and no transaction without a review.
 *
 * @throws OL1600, OL1613 on signing, when the node does not answer or is on another chain
 * @throws OL1632 on signing, when the transaction or the typed data is for another chain
 */
export function guardAccount(
  account: LocalAccount,
  network: Network,
  client: ReadClient,
  review: Review | undefined,
): LocalAccount {
  const requireChain = async (found: unknown): Promise<void> => {
    const expected = network.chain.id
    // This comes first, since viem takes a transaction's chain from the node.
    await verifyOnce(network, client)
    if (found !== undefined && Number(found) !== expected)
      throw new OpenLedgerError('OL1632', { found: String(found), network: network.name, expected })
  }
  return {
    ...account,
    async signTransaction(transaction: TransactionSerializable, options?: never) {
      try {
        await requireChain(transaction.chainId ?? 0)
        await review?.(describeTransaction(network, account.address, transaction))
        return await account.signTransaction(transaction, options)
      } catch (cause) {
        // viem treats an error from here as an answer of the node, and reads its details as a string.
        throw new BaseError('The transaction was not signed.', { cause: cause as Error })
      }
    },
    async signTypedData(definition: TypedDataDefinition) {
      await requireChain(definition.domain?.chainId)
      return account.signTypedData(definition)
    },
  } as LocalAccount
}
