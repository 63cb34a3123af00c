import { BaseError, type Hash, TransactionReceiptNotFoundError } from 'viem'
import { getBlock, getTransactionReceipt, readContract } from 'viem/actions'
import { getWithdrawals } from 'viem/op-stack'
import type { ReadClient } from '../../chain/client/ChainClient.js'
import { createChainClient } from '../../chain/client/createChainClient.js'
import { findEvents } from '../../chain/client/findEvents.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { l2OutputOracleAbi } from '../optimism/L2OutputOracle.abi.generated.js'
import { l2ToL1MessagePasserAbi } from '../optimism/L2ToL1MessagePasser.abi.generated.js'
import { optimismPortalAbi } from '../optimism/OptimismPortal.abi.generated.js'
import { devnetNetworks } from '../state/devnetNetworks.js'
import type { DevnetState } from '../state/devnetState.js'
import { messagePasserAddress } from './predeploys.js'

/** The status names of viem. The L1's clock, not this machine's, decides whether a delay is over. */
export type WithdrawalStatus =
  | 'waiting-to-prove'
  | 'ready-to-prove'
  | 'waiting-to-finalize'
  | 'ready-to-finalize'
  | 'finalized'

type Withdrawal = ReturnType<typeof getWithdrawals>[number]

/** A withdrawal and its status. */
export interface TrackedWithdrawal {
  /** The withdrawal's transaction on the L2. */
  readonly hash: Hash
  readonly blockNumber: bigint
  readonly withdrawal: Withdrawal
  readonly status: WithdrawalStatus
  /** Seconds of the L1's clock until it can be finalized; 0 unless the status is `waiting-to-finalize`. */
  readonly secondsLeft: number
}

/**
 * Finds the withdrawals of an L2 transaction, usually one.
 *
 * @throws OL1730 when there is no such transaction, OL1729 when it contains no withdrawal
 */
export async function withdrawalsOf(devnet: DevnetState, hash: Hash): Promise<TrackedWithdrawal[]> {
  const client = createChainClient({ network: devnetNetworks(devnet).l2 })
  try {
    const { logs, blockNumber } = await getTransactionReceipt(client, { hash })
    const found = getWithdrawals({ logs })
    if (found.length === 0) throw new OpenLedgerError('OL1729', { hash })
    return await Promise.all(found.map((withdrawal) => track(devnet, { hash, blockNumber, withdrawal })))
  } catch (cause) {
    const missing = cause instanceof BaseError && cause.walk((one) => one instanceof TransactionReceiptNotFoundError)
    throw missing ? new OpenLedgerError('OL1730', { hash }, { cause }) : cause
  }
}

/** All withdrawals of the L2, oldest first. */
export async function allWithdrawals(devnet: DevnetState): Promise<TrackedWithdrawal[]> {
  const { l2 } = devnetNetworks(devnet)
  const logs = await findEvents(createChainClient({ network: l2 }), l2, {
    contract: 'L2ToL1MessagePasser',
    address: messagePasserAddress,
    abi: l2ToL1MessagePasserAbi,
    eventName: 'MessagePassed',
  })
  return Promise.all(
    logs.map(({ args, transactionHash, blockNumber }) =>
      track(devnet, { hash: transactionHash, blockNumber, withdrawal: args }),
    ),
  )
}

type Found = Pick<TrackedWithdrawal, 'hash' | 'blockNumber' | 'withdrawal'>

async function track(devnet: DevnetState, found: Found): Promise<TrackedWithdrawal> {
  const client = createChainClient({ network: devnetNetworks(devnet).l1 })
  return { ...found, ...(await progress(devnet, client, found)) }
}

async function progress(
  devnet: DevnetState,
  client: ReadClient,
  { blockNumber, withdrawal }: Found,
): Promise<Pick<TrackedWithdrawal, 'status' | 'secondsLeft'>> {
  const portal = { address: devnet.addresses.OptimismPortal, abi: optimismPortalAbi } as const
  const oracle = { address: devnet.addresses.L2OutputOracle, abi: l2OutputOracleAbi } as const
  const args = [withdrawal.withdrawalHash] as const
  const [latest, finalized, [provenRoot, provenAt, index]] = await Promise.all([
    readContract(client, { ...oracle, functionName: 'latestBlockNumber' }),
    readContract(client, { ...portal, functionName: 'finalizedWithdrawals', args }),
    readContract(client, { ...portal, functionName: 'provenWithdrawals', args }),
  ])
  if (finalized) return { status: 'finalized', secondsLeft: 0 }
  const unproven = { status: latest < blockNumber ? 'waiting-to-prove' : 'ready-to-prove', secondsLeft: 0 } as const
  if (provenAt === 0n) return unproven
  const output = await readContract(client, { ...oracle, functionName: 'getL2Output', args: [index] }).catch(
    () => undefined,
  )
  // The output was deleted and another was proposed, so that the proof is no longer valid.
  if (output?.outputRoot !== provenRoot) return unproven
  const [period, { timestamp: now }] = await Promise.all([
    readContract(client, { ...oracle, functionName: 'FINALIZATION_PERIOD_SECONDS' }),
    getBlock(client, { blockTag: 'pending' }),
  ])
  const since = Math.max(Number(provenAt), Number(output.timestamp))
  // The portal requires more than the delay.
  const secondsLeft = since + Number(period) + 1 - Number(now)
  return secondsLeft > 0
    ? { status: 'waiting-to-finalize', secondsLeft }
    : { status: 'ready-to-finalize', secondsLeft: 0 }
}
