import { BaseError, type LocalAccount, type TransactionSerializable, type TypedDataDefinition } from 'viem'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ReadClient } from './ChainClient.js'
import { describeTransaction, type PlannedTransaction } from './describeTransaction.js'
import type { Network } from './networks.js'
import { verifyChain } from './verifyChain.js'

/** Looks at a transaction before it is signed; what it throws keeps it from being signed. */
export type Review = (transaction: PlannedTransaction) => Promise<void>

const verified = new WeakMap<Network, Promise<void>>()

/** Asks the node once which chain it is on. */
function verifyOnce(network: Network, client: ReadClient): Promise<void> {
  const known = verified.get(network) ?? verifyChain(client)
  verified.set(network, known)
  known.catch(() => verified.delete(network))
  return known
}

/**
 * An account that signs for one network only: nothing before the node has said that it is on the network's chain, no
 * transaction of another chain, and none that was not reviewed.
 *
 * @throws OL1600, OL1613 when it signs and the node is away, or on another chain
 * @throws OL1632 when what it is to sign is for another chain
 */
export function guardAccount(
  account: LocalAccount,
  network: Network,
  client: ReadClient,
  review: Review | undefined,
): LocalAccount {
  const requireChain = async (found: unknown): Promise<void> => {
    const expected = network.chain.id
    // First, since viem takes a transaction's chain from the node.
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
        // viem takes what is thrown here for an answer of the node, and reads its details as a text.
        throw new BaseError('The transaction was not signed.', { cause: cause as Error })
      }
    },
    async signTypedData(definition: TypedDataDefinition) {
      await requireChain(definition.domain?.chainId)
      return account.signTypedData(definition)
    },
  } as LocalAccount
}
