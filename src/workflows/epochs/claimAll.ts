import { getBlock } from 'viem/actions'
import { getBlockTime } from '../../chain/actions/common/getBlockTime.js'
import { type ClaimManyReturnType, claimBatch, claimMany } from '../../chain/actions/rewards/claimMany.js'
import type { RewardClaim } from '../../chain/actions/rewards/claimRewards.js'
import { finalizeEpoch } from '../../chain/actions/rewards/finalizeEpoch.js'
import { getClaimed } from '../../chain/actions/rewards/getClaimed.js'
import { getVote } from '../../chain/actions/rewards/getVote.js'
import { laterTransaction, type PlannedTransaction } from '../../chain/client/describeTransaction.js'
import { toChainRequest } from '../../chain/client/toChainError.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { type Epoch, rewardProof } from '../../rewards/epochs.js'
import { defineOperation, type Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'
import { ledgerEpochs, matchEpochs, type OnChainEpoch, readEpochs } from './epochHistory.js'

export interface ClaimAllParameters {
  /** By default, every account that has something to claim. */
  readonly accounts?: readonly string[]
  /** On the devnet: move its clock past the challenge window, if it is still open. */
  readonly warp?: boolean
}

export interface ClaimAllReturnType extends ClaimManyReturnType {
  /** The epoch that was claimed from. */
  readonly epoch: number
  /** Seconds by which the devnet's clock was moved. */
  readonly warpedSeconds: number
  readonly finalized: boolean
}

/** What claiming is about to do. */
export interface ClaimFacts {
  /** The epoch of the workspace that is claimed from. */
  readonly epoch: number
  /** Number of the epoch in the ledger that is finalized first; null where none is. */
  readonly finalize: number | null
  /** Seconds that the devnet's clock is moved by before. */
  readonly warpSeconds: number
  readonly claims: readonly Omit<RewardClaim, 'proof'>[]
}

/**
 * Finalizes the newest epoch once its challenge window is over, and pays what every account has earned and not yet
 * claimed. While the newest epoch can be challenged, that is what the epoch before it allocates. The relayer pays the gas;
 * the money goes to the accounts and nowhere else.
 *
 * @throws OL1813 when the window is open and there is nothing older to claim
 * @throws OL1815 when there is no epoch, OL1822 when the only one was not posted, OL1812 when they are not on this chain
 */
export async function claimAll(
  paths: WorkspacePaths,
  connection: Connection,
  { accounts, warp: mayWarp = false }: ClaimAllParameters = {},
): Promise<Operation<ClaimAllReturnType, ClaimFacts>> {
  const epochs = await readEpochs(paths)
  if (epochs.length === 0) throw new OpenLedgerError('OL1815', { path: paths.epochs })
  const matched = await matchEpochs(connection, epochs, await ledgerEpochs(connection))
  const posted = matched.flatMap(({ epoch, onChain }) => (onChain === undefined ? [] : [{ epoch, onChain }]))
  const newest = posted.at(-1)
  if (newest === undefined) throw new OpenLedgerError('OL1822', { epoch: 1, network: connection.network.name })

  const { open, finalize, warpSeconds } = await finalization(connection, newest.onChain, mayWarp)
  const { epoch: from } = open ? (posted.at(-2) ?? newest) : newest
  const claims = open && from === newest.epoch ? [] : await outstanding(connection, from, accounts)
  if (open && claims.length === 0) {
    const { status, number } = newest.onChain
    const until = new Date((await endOf(connection, newest.onChain)) * 1000).toISOString()
    throw new OpenLedgerError('OL1813', { epoch: newest.epoch.manifest.epoch, status, until, number })
  }
  const { epoch } = from.manifest
  const listed = claims.map(({ account, cumulativeWei }) => ({ account, cumulativeWei }))
  return defineOperation(connection, {
    title: 'Claim',
    role: 'relayer',
    warpSeconds,
    facts: { epoch, finalize: finalize ?? null, warpSeconds, claims: listed },
    plan: () => planClaims(connection, finalize, warpSeconds, claims),
    async act(client) {
      if (finalize !== undefined) await finalizeEpoch(client, { epoch: finalize })
      const paid =
        claims.length === 0 ? { paid: [], refused: [], transactions: [] } : await claimMany(client, { claims })
      return { ...paid, epoch, warpedSeconds: warpSeconds, finalized: finalize !== undefined }
    },
  })
}

/** What can be asked for now is checked and estimated: not what depends on a later clock, or on the finalization. */
async function planClaims(
  connection: Connection,
  finalize: number | undefined,
  warpSeconds: number,
  claims: readonly RewardClaim[],
): Promise<readonly PlannedTransaction[]> {
  const planned: PlannedTransaction[] = []
  const later = (call: Parameters<typeof laterTransaction>[2]): unknown =>
    planned.push(laterTransaction(connection.network, connection.as('relayer').account.address, call))
  if (finalize !== undefined && warpSeconds > 0)
    later({
      contract: 'AttributionLedger',
      function: 'finalize',
      arguments: [{ name: 'number', value: String(finalize) }],
    })
  else if (finalize !== undefined)
    planned.push(...(await connection.plan('relayer', (client) => finalizeEpoch(client, { epoch: finalize }))))
  for (let start = 0; start < claims.length; start += claimBatch) {
    const part = claims.slice(start, start + claimBatch)
    if (finalize === undefined)
      planned.push(...(await connection.plan('relayer', (client) => claimMany(client, { claims: part }))))
    else
      later({
        contract: 'RewardPool',
        function: 'claimMany',
        arguments: [
          { name: 'accounts', value: JSON.stringify(part.map(({ account }) => account)) },
          { name: 'cumulatives', value: JSON.stringify(part.map(({ cumulativeWei }) => String(cumulativeWei))) },
        ],
      })
  }
  return planned
}

/** What accounts have earned by the end of an epoch and not yet been paid. */
async function outstanding(
  connection: Connection,
  epoch: Epoch,
  accounts: readonly string[] | undefined,
): Promise<RewardClaim[]> {
  const wanted = accounts?.map((account) => account.toLowerCase())
  const claims: RewardClaim[] = []
  for (const [account, earned] of epoch.cumulative) {
    if (wanted !== undefined && !wanted.includes(account)) continue
    if (earned <= (await getClaimed(connection.client, { account }))) continue
    const { cumulativeWei, proof } = rewardProof(epoch, account)
    claims.push({ account, cumulativeWei, proof })
  }
  return claims
}

interface Finalization {
  /** Whether the window is still open: nothing can be done then. */
  readonly open: boolean
  readonly warpSeconds: number
  /** Number of the epoch that can be finalized now. */
  readonly finalize: number | undefined
}

async function finalization(
  connection: Connection,
  { status, challengeableUntil, number }: OnChainEpoch,
  mayWarp: boolean,
): Promise<Finalization> {
  if (status === 'finalized') return { open: false, warpSeconds: 0, finalize: undefined }
  const seconds = challengeableUntil - (await getBlockTime(connection.client))
  const over = seconds <= 0 || challengeableUntil <= (await nextBlockTime(connection))
  if (status !== 'pending' || !(over || (mayWarp && connection.devnet !== undefined)))
    return { open: true, warpSeconds: 0, finalize: undefined }
  // A devnet mines on demand: its newest block can be older than the window though time has passed.
  const warpSeconds = over ? Math.min(1, Math.max(0, seconds)) : seconds
  return { open: false, warpSeconds: connection.devnet === undefined ? 0 : warpSeconds, finalize: number }
}

/** When the window ends, or voting once somebody has challenged: Unix time in seconds. */
async function endOf(connection: Connection, { status, challengeableUntil, number }: OnChainEpoch): Promise<number> {
  if (status !== 'challenged') return challengeableUntil
  return (await getVote(connection.client, { epoch: number })).voteEnd
}

async function nextBlockTime(connection: Connection): Promise<number> {
  const ask = () => getBlock(connection.client, { blockTag: 'pending' })
  const { timestamp } = await toChainRequest(connection.client, 'eth_getBlockByNumber', ask)
  return Number(timestamp)
}
