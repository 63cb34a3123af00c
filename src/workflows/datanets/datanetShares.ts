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
import type { WriteClient } from '../../chain/client/ChainClient.js'
import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import { findEvents } from '../../chain/client/findEvents.js'
import { datanetRegistryAbi } from '../../chain/contracts/DatanetRegistry.abi.generated.js'
import { modelRegistryAbi } from '../../chain/contracts/ModelRegistry.abi.generated.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Connection } from '../network/openConnection.js'

/** Who holds a Datanet's shares on a devnet unless `--account` names another: its creator. */
const holderRole = 'maintainer'

export interface ShareHolder {
  readonly account: Hex
  readonly shares: number
  /** What its shares have earned and it has not collected. */
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

/** Whose a Datanet's income is, and what of it waits. */
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
    // Who has sold all may still have income to collect.
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
export interface PreparedCollection {
  readonly account: Hex
  readonly datanetId: Hex
  /** Models whose Datanets' part is sent on first. */
  readonly models: readonly Hex[]
  /** The Datanet's part of that, for all who hold shares. */
  readonly dueWei: bigint
  /** What the account's shares have earned so far. */
  readonly incomeWei: bigint
  /** What the registry owes the account already: income, prices of shares, refunds. */
  readonly creditWei: bigint
}

/**
 * What the signer can collect of a Datanet's income.
 *
 * @throws OL1668 when it can collect nothing
 */
export async function prepareIncome(connection: Connection, datanetId: Hex): Promise<PreparedCollection> {
  const { account } = connection.as(holderRole)
  const [{ shares, incomeWei }, creditWei] = await Promise.all([
    getShares(connection.client, { datanetId, account: account.address }),
    getCredit(connection.client, { contract: 'DatanetRegistry', account: account.address }),
  ])
  // Who holds no shares has nothing of what is sent on.
  const due = shares === 0 ? [] : await dueOf(connection, datanetId)
  if (due.length === 0 && incomeWei === 0n && creditWei === 0n)
    throw new OpenLedgerError('OL1668', {
      account: account.address,
      datanetId,
      shares,
      network: connection.network.name,
    })
  return {
    account: account.address,
    datanetId,
    models: due.map(({ modelId }) => modelId),
    dueWei: due.reduce((sum, { eachWei }) => sum + eachWei, 0n),
    incomeWei,
    creditWei,
  }
}

export interface CollectedIncome {
  readonly amountWei: bigint
  readonly transactionHashes: readonly Hex[]
}

/** Sends on what is due, collects the shares' income, and pays it out. Can be run again after any failure. */
export const collectShares = (connection: Connection, prepared: PreparedCollection): Promise<CollectedIncome> =>
  collect(connection, connection.as(holderRole), prepared)

/** The transaction that {@link collectShares} would send first, checked; those after it depend on it. */
export async function planCollection(
  connection: Connection,
  prepared: PreparedCollection,
): Promise<readonly PlannedTransaction[]> {
  const planned = await connection.plan(holderRole, (client) => collect(connection, client, prepared))
  return planned === undefined ? [] : [planned]
}

async function collect(
  connection: Connection,
  client: WriteClient,
  { account, datanetId, models }: PreparedCollection,
): Promise<CollectedIncome> {
  const transactionHashes: Hex[] = []
  for (const modelId of models) {
    const { hash } = await fundDatanets(client, { modelId })
    transactionHashes.push(hash)
  }
  const { incomeWei } = await getShares(connection.client, { datanetId, account })
  if (incomeWei > 0n) transactionHashes.push((await collectIncome(client, { datanetIds: [datanetId], account })).hash)
  const owed = await getCredit(connection.client, { contract: 'DatanetRegistry', account })
  // Less than a wei for each share does not divide: it waits for the next payment.
  if (owed === 0n) return { amountWei: 0n, transactionHashes }
  const { amountWei, hash } = await withdrawCredits(client, { contract: 'DatanetRegistry' })
  return { amountWei, transactionHashes: [...transactionHashes, hash] }
}
