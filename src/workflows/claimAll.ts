import { getBlock } from 'viem/actions'
import { type ClaimManyReturnType, claimMany } from '../chain/actions/claimMany.js'
import type { RewardClaim } from '../chain/actions/claimRewards.js'
import { finalizeEpoch } from '../chain/actions/finalizeEpoch.js'
import { getBlockTime } from '../chain/actions/getBlockTime.js'
import { getClaimed } from '../chain/actions/getClaimed.js'
import { toChainRequest } from '../chain/toChainError.js'
import type { WorkspacePaths } from '../config/workspacePaths.js'
import { warp } from '../devnet/warp.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type Epoch, rewardProof } from '../rewards/epochs.js'
import { ledgerEpochs, matchEpochs, type OnChainEpoch, readEpochs } from './epochHistory.js'
import type { Chain } from './openChain.js'

export interface ClaimAllParameters {
  /** Only these accounts; everybody with something to claim unless given. */
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

/**
 * Finalizes the newest epoch once its challenge window is over, and pays what every account has earned and not yet
 * claimed. While the window is open, what the epoch before it allocates can be claimed. The relayer pays the gas; the
 * money goes to the accounts and nowhere else.
 *
 * @throws OL1813 when the window is open and there is nothing older to claim
 * @throws OL1815 when there is no epoch, OL1822 when the only one was not posted, OL1812 when they are not on this chain
 */
export async function claimAll(
  paths: WorkspacePaths,
  chain: Chain,
  { accounts, warp: mayWarp = false }: ClaimAllParameters = {},
): Promise<ClaimAllReturnType> {
  const epochs = await readEpochs(paths)
  if (epochs.length === 0) throw new OpenLedgerError('OL1815', { path: paths.epochs })
  const matched = await matchEpochs(chain, epochs, await ledgerEpochs(chain))
  const posted = matched.flatMap(({ epoch, onChain }) => (onChain === undefined ? [] : [{ epoch, onChain }]))
  const newest = posted.at(-1)
  if (newest === undefined) throw new OpenLedgerError('OL1822', { epoch: 1, network: chain.network.name })
  const relayer = chain.as('relayer')
  const address = chain.address('RewardPool')

  const settled = await finalize(chain, newest.onChain, mayWarp)
  const { epoch } = settled.open ? (posted.at(-2) ?? newest) : newest
  const claims = settled.open && epoch === newest.epoch ? [] : await outstanding(chain, epoch, accounts)
  if (settled.open && claims.length === 0) {
    const { status, challengeableUntil } = newest.onChain
    const until = new Date(challengeableUntil * 1000).toISOString()
    throw new OpenLedgerError('OL1813', { epoch: newest.epoch.manifest.epoch, status, until })
  }
  const paid =
    claims.length === 0 ? { paid: [], refused: [], transactions: [] } : await claimMany(relayer, { address, claims })
  const { warpedSeconds, finalized } = settled
  return { ...paid, epoch: epoch.manifest.epoch, warpedSeconds, finalized }
}

/** What accounts have earned by the end of an epoch and not yet been paid. */
async function outstanding(
  chain: Chain,
  epoch: Epoch,
  accounts: readonly string[] | undefined,
): Promise<RewardClaim[]> {
  const address = chain.address('RewardPool')
  const wanted = accounts?.map((account) => account.toLowerCase())
  const claims: RewardClaim[] = []
  for (const [account, earned] of epoch.cumulative) {
    if (wanted !== undefined && !wanted.includes(account)) continue
    const holder = account as `0x${string}`
    if (earned <= (await getClaimed(chain.client, { address, account: holder }))) continue
    const { cumulativeWei, proof } = rewardProof(epoch, account)
    claims.push({ account: holder, cumulativeWei, proof })
  }
  return claims
}

interface Finalization {
  /** Whether the window is still open: nothing was done then. */
  readonly open: boolean
  readonly warpedSeconds: number
  readonly finalized: boolean
}

async function finalize(
  chain: Chain,
  { status, challengeableUntil, number }: OnChainEpoch,
  mayWarp: boolean,
): Promise<Finalization> {
  if (status === 'finalized') return { open: false, warpedSeconds: 0, finalized: false }
  const seconds = challengeableUntil - (await getBlockTime(chain.client))
  const over = seconds <= 0 || challengeableUntil <= (await nextBlockTime(chain))
  if (status !== 'pending' || !(over || (mayWarp && chain.devnet !== undefined)))
    return { open: true, warpedSeconds: 0, finalized: false }
  // A devnet mines on demand: its newest block can be older than the window though time has passed.
  const warpedSeconds = over ? Math.min(1, Math.max(0, seconds)) : seconds
  if (warpedSeconds > 0 && chain.devnet !== undefined) await warp(chain.devnet, warpedSeconds)
  await finalizeEpoch(chain.as('relayer'), { address: chain.address('AttributionLedger'), epoch: number })
  return { open: false, warpedSeconds, finalized: true }
}

async function nextBlockTime(chain: Chain): Promise<number> {
  const ask = () => getBlock(chain.client, { blockTag: 'pending' })
  const { timestamp } = await toChainRequest(chain.client, 'eth_getBlockByNumber', ask)
  return Number(timestamp)
}
