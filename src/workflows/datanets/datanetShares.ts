import type { Hex } from 'viem'
import { getBlockTime } from '../../chain/actions/common/getBlockTime.js'
import { collectIncome } from '../../chain/actions/datanets/collectIncome.js'
import { fundDatanets } from '../../chain/actions/datanets/fundDatanets.js'
import { getDatanetsDue } from '../../chain/actions/datanets/getDatanetsDue.js'
import { type GetShareOfferReturnType, getShareOffer } from '../../chain/actions/datanets/getShareOffer.js'
import { getShares } from '../../chain/actions/datanets/getShares.js'
import { getModel } from '../../chain/actions/models/getModel.js'
import { getCredit } from '../../chain/actions/tokens/getCredit.js'
import { withdrawCredits } from '../../chain/actions/tokens/withdrawCredits.js'
import { findEvents } from '../../chain/client/findEvents.js'
import { datanetRegistryAbi } from '../../chain/contracts/DatanetRegistry.abi.generated.js'
import { modelRegistryAbi } from '../../chain/contracts/ModelRegistry.abi.generated.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { defineOperation, type Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'

/** The devnet's account that holds a Datanet's shares by default: its creator. */
const holderRole = 'maintainer'

export interface ShareHolder {
  readonly account: Hex
  readonly shares: number
  /** What the shares have earned and the account has not collected. */
  readonly incomeWei: bigint
}

export interface ShareOffer extends GetShareOfferReturnType {
  readonly from: Hex
  readonly to: Hex
}

export interface DatanetSharesReturnType {
  /** With the most shares first. */
  readonly holders: readonly ShareHolder[]
  /** Those that can still be accepted. */
  readonly offers: readonly ShareOffer[]
  /** The Datanet's part of payments that the escrow has not sent on yet. */
  readonly dueWei: bigint
}

/** Who owns a Datanet's income, and what of it waits. */
export async function datanetShares(connection: Connection, datanetId: Hex): Promise<DatanetSharesReturnType> {
  const events = { contract: 'DatanetRegistry', abi: datanetRegistryAbi, args: { id: datanetId } } as const
  const [transfers, offered, due, now] = await Promise.all([
    findEvents(connection.client, connection.network, { ...events, eventName: 'SharesTransferred' }),
    findEvents(connection.client, connection.network, { ...events, eventName: 'SharesOffered' }),
    dueOf(connection, datanetId),
    getBlockTime(connection.client),
  ])
  const accounts = [...new Set(transfers.map(({ args }) => args.to))]
  const held = await Promise.all(
    accounts.map(async (account) => ({ account, ...(await getShares(connection.client, { datanetId, account })) })),
  )
  const pairs = new Map(offered.map(({ args: { from, to } }) => [`${from} ${to}`, { from, to }]))
  const offers = await Promise.all(
    [...pairs.values()].map(async (pair) => ({
      ...pair,
      offer: await getShareOffer(connection.client, { datanetId, ...pair }),
    })),
  )
  return {
    // An account that has sold all its shares may still have income to collect.
    holders: held.filter(({ shares, incomeWei }) => shares > 0 || incomeWei > 0n).sort((a, b) => b.shares - a.shares),
    offers: offers.flatMap(({ offer, ...pair }) =>
      offer === undefined || offer.expiresAt <= now ? [] : [{ ...pair, ...offer }],
    ),
    dueWei: due.reduce((sum, { eachWei }) => sum + eachWei, 0n),
  }
}

/** The models that learnt from a Datanet and have been paid since: what each owes every one of its Datanets. */
async function dueOf(
  connection: Connection,
  datanetId: Hex,
): Promise<readonly { readonly modelId: Hex; readonly eachWei: bigint }[]> {
  const learnt = await findEvents(connection.client, connection.network, {
    contract: 'ModelRegistry',
    abi: modelRegistryAbi,
    eventName: 'ModelLearntFrom',
    args: { datanetId },
  })
  const modelIds = [...new Set(learnt.map(({ args }) => args.modelId))]
  const found = await Promise.all(
    modelIds.map(async (modelId) => {
      const [dueWei, { sources }] = await Promise.all([
        getDatanetsDue(connection.client, { modelId }),
        getModel(connection.client, { modelId }),
      ])
      return { modelId, eachWei: dueWei / BigInt(sources.length) }
    }),
  )
  return found.filter(({ eachWei }) => eachWei > 0n)
}

/** What a holder of shares is about to collect. */
export interface CollectionFacts {
  readonly datanetId: Hex
  readonly account: Hex
  /** The Datanet's part of what the escrow sends on first, for all that hold shares. */
  readonly dueWei: bigint
  /** What the account's shares have earned so far. */
  readonly incomeWei: bigint
  /** What the registry owes the account already: income, prices of shares, refunds. */
  readonly creditWei: bigint
}

export interface CollectedIncome {
  readonly amountWei: bigint
  readonly transactionHashes: readonly Hex[]
}

/**
 * Sends on what is due to a Datanet, collects the income of the signer's shares, and pays it out. Can be run again after any
 * failure.
 *
 * @throws OL1668 when there is nothing to collect
 */
export async function collectShares(
  connection: Connection,
  datanetId: Hex,
): Promise<Operation<CollectedIncome, CollectionFacts>> {
  const account = connection.as(holderRole).account.address
  const [{ shares, incomeWei }, creditWei] = await Promise.all([
    getShares(connection.client, { datanetId, account }),
    getCredit(connection.client, { contract: 'DatanetRegistry', account }),
  ])
  // Without shares an account has no part of what is sent on.
  const due = shares === 0 ? [] : await dueOf(connection, datanetId)
  if (due.length === 0 && incomeWei === 0n && creditWei === 0n)
    throw new OpenLedgerError('OL1668', { account, datanetId, shares, network: connection.network.name })
  const dueWei = due.reduce((sum, { eachWei }) => sum + eachWei, 0n)
  return defineOperation(connection, {
    title: 'Collect the income of the shares',
    role: holderRole,
    facts: { datanetId, account, dueWei, incomeWei, creditWei },
    async act(client) {
      const transactionHashes: Hex[] = []
      for (const { modelId } of due) transactionHashes.push((await fundDatanets(client, { modelId })).hash)
      const { incomeWei: earnedWei } = await getShares(client, { datanetId, account })
      if (earnedWei > 0n)
        transactionHashes.push((await collectIncome(client, { datanetIds: [datanetId], account })).hash)
      const owed = await getCredit(client, { contract: 'DatanetRegistry', account })
      // Less than a wei for each share does not divide: it waits for the next payment.
      if (owed === 0n) return { amountWei: 0n, transactionHashes }
      const { amountWei, hash } = await withdrawCredits(client, { contract: 'DatanetRegistry' })
      return { amountWei, transactionHashes: [...transactionHashes, hash] }
    },
  })
}
