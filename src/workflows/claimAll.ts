import { type ClaimManyReturnType, claimMany } from '../chain/actions/claimMany.js'
import { finalizeEpoch } from '../chain/actions/finalizeEpoch.js'
import { getBlockTime } from '../chain/actions/getBlockTime.js'
import { getClaimed } from '../chain/actions/getClaimed.js'
import type { WorkspacePaths } from '../config/workspacePaths.js'
import { warp } from '../devnet/warp.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type Epoch, rewardProof } from '../rewards/epochs.js'
import { type OnChainEpoch, readEpochs, requireOnChain } from './epochHistory.js'
import type { Chain } from './openChain.js'

export interface ClaimAllParameters {
  /** Only these accounts; everybody with something to claim unless given. */
  readonly accounts?: readonly string[]
  /** On the devnet: move its clock past the challenge window, if it is still open. */
  readonly warp?: boolean
}

export interface ClaimAllReturnType extends ClaimManyReturnType {
  readonly epoch: number
  /** Seconds by which the devnet's clock was moved. */
  readonly warpedSeconds: number
  readonly finalized: boolean
}

/**
 * Finalizes the newest epoch once its challenge window is over, and pays what every account has earned and not yet
 * claimed. The relayer pays the gas; the money goes to the accounts and nowhere else.
 *
 * @throws OL1813 when the window is open, OL1815 when there is no epoch, OL1812 when it is not on this chain
 */
export async function claimAll(
  paths: WorkspacePaths,
  chain: Chain,
  parameters: ClaimAllParameters = {},
): Promise<ClaimAllReturnType> {
  const epochs = await readEpochs(paths)
  const epoch = epochs.at(-1)
  if (epoch === undefined) throw new OpenLedgerError('OL1815', { path: paths.epochs })
  const onChain = await requireOnChain(chain, epoch)
  const { warpedSeconds, finalized } = await finalize(chain, epoch, onChain, parameters.warp ?? false)
  const address = chain.address('RewardPool')
  const wanted = parameters.accounts?.map((account) => account.toLowerCase())
  const claims = []
  for (const [account, earned] of epoch.cumulative) {
    if (wanted !== undefined && !wanted.includes(account)) continue
    const holder = account as `0x${string}`
    if (earned <= (await getClaimed(chain.client, { address, account: holder }))) continue
    const { cumulativeWei, proof } = rewardProof(epoch, account)
    claims.push({ account: holder, cumulativeWei, proof })
  }
  const paid =
    claims.length === 0
      ? { paid: [], refused: [], transactions: [] }
      : await claimMany(chain.as('relayer'), { address, claims })
  return { ...paid, epoch: epoch.manifest.epoch, warpedSeconds, finalized }
}

async function finalize(
  chain: Chain,
  epoch: Epoch,
  onChain: OnChainEpoch,
  mayWarp: boolean,
): Promise<Pick<ClaimAllReturnType, 'warpedSeconds' | 'finalized'>> {
  if (onChain.status === 'finalized') return { warpedSeconds: 0, finalized: false }
  const remaining = onChain.challengeableUntil - (await getBlockTime(chain.client))
  const open = remaining >= 0
  if (onChain.status !== 'pending' || (open && !(mayWarp && chain.devnet !== undefined))) {
    const until = new Date(onChain.challengeableUntil * 1000).toISOString()
    throw new OpenLedgerError('OL1813', { epoch: epoch.manifest.epoch, status: onChain.status, until })
  }
  const warpedSeconds = open ? remaining + 1 : 0
  if (warpedSeconds > 0 && chain.devnet !== undefined) await warp(chain.devnet, warpedSeconds)
  await finalizeEpoch(chain.as('relayer'), { address: chain.address('AttributionLedger'), epoch: onChain.number })
  return { warpedSeconds, finalized: true }
}
