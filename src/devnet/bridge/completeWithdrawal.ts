import { setTimeout as sleep } from 'node:timers/promises'
import type { Hash, LocalAccount } from 'viem'
import { readContract } from 'viem/actions'
import { buildProveWithdrawal } from 'viem/op-stack'
import { createChainClient } from '../../chain/client/createChainClient.js'
import { sendCall } from '../../chain/client/sendCall.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { l2OutputOracleAbi } from '../optimism/L2OutputOracle.abi.generated.js'
import { optimismPortalAbi } from '../optimism/OptimismPortal.abi.generated.js'
import { devnetNetworks } from '../state/devnetNetworks.js'
import type { DevnetState } from '../state/devnetState.js'
import { warp } from '../state/warp.js'
import { type TrackedWithdrawal, withdrawalsOf } from './withdrawals.js'

export interface WithdrawalStep {
  /** The withdrawal's transaction on the L2. */
  readonly hash: Hash
  /** Account that pays for the gas on the L1; any account may. */
  readonly by: LocalAccount
}

/** Milliseconds to wait for the output of the withdrawal's block. */
const patience = 15_000

/**
 * Proves on the L1 that a withdrawal was made on the L2, the second of three steps. It waits for the output of the
 * withdrawal's block.
 *
 * @returns the L1 transactions, one for each withdrawal
 * @throws OL1731 when no output covers it in time, OL1732 when it is already proven, OL1733 when it is already finalized
 * @throws OL1729, OL1730 when there is no such withdrawal
 */
export async function proveWithdrawal(devnet: DevnetState, { hash, by }: WithdrawalStep): Promise<Hash[]> {
  const deadline = performance.now() + patience
  let tracked = await withdrawalsOf(devnet, hash)
  while (tracked.some(({ status }) => status === 'waiting-to-prove')) {
    if (performance.now() > deadline) {
      const block = tracked[0]?.blockNumber ?? 0n
      throw new OpenLedgerError('OL1731', { hash, block, seconds: patience / 1_000 })
    }
    await sleep(50)
    tracked = await withdrawalsOf(devnet, hash)
  }
  const open = tracked.filter(({ status }) => status === 'ready-to-prove')
  if (open.length === 0) {
    const done = tracked.every(({ status }) => status === 'finalized')
    throw done ? new OpenLedgerError('OL1733', { hash }) : new OpenLedgerError('OL1732', { hash })
  }
  const hashes: Hash[] = []
  for (const withdrawal of open) hashes.push(await prove(devnet, withdrawal, by))
  return hashes
}

async function prove(
  devnet: DevnetState,
  { blockNumber, withdrawal }: TrackedWithdrawal,
  by: LocalAccount,
): Promise<Hash> {
  const { l1, l2 } = devnetNetworks(devnet)
  const client = createChainClient({ network: l1, account: by })
  const oracle = { address: devnet.addresses.L2OutputOracle, abi: l2OutputOracleAbi } as const
  const outputIndex = await readContract(client, {
    ...oracle,
    functionName: 'getL2OutputIndexAfter',
    args: [blockNumber],
  })
  const output = await readContract(client, { ...oracle, functionName: 'getL2Output', args: [outputIndex] })
  const proof = await buildProveWithdrawal(createChainClient({ network: l2 }), {
    account: by,
    withdrawal,
    output: { ...output, outputIndex },
  })
  const { transactionHash } = await sendCall(client, {
    contract: 'OptimismPortal',
    address: devnet.addresses.OptimismPortal,
    abi: optimismPortalAbi,
    functionName: 'proveWithdrawalTransaction',
    args: [structOf(withdrawal), proof.l2OutputIndex, proof.outputRootProof, proof.withdrawalProof],
  })
  return transactionHash
}

export interface FinalizeOptions extends WithdrawalStep {
  /** Moves the clocks of both layers past the delay if it is not over. */
  readonly warp: boolean
}

/**
 * Pays a proven withdrawal out on the L1, the last of three steps.
 *
 * @returns the L1 transactions, one for each withdrawal, and the seconds by which the clocks were moved
 * @throws OL1734 when it is not proven, OL1735 when the delay is not over, OL1733 when it is already finalized
 * @throws OL1729, OL1730 when there is no such withdrawal
 */
export async function finalizeWithdrawal(
  devnet: DevnetState,
  options: FinalizeOptions,
): Promise<{ hashes: Hash[]; warpedSeconds: number }> {
  const { hash, by } = options
  const { open, secondsLeft } = await checkFinalize(devnet, options)
  const warpedSeconds = options.warp ? secondsLeft : 0
  if (warpedSeconds > 0) await warp(devnet, warpedSeconds)
  const client = createChainClient({ network: devnetNetworks(devnet).l1, account: by })
  const hashes: Hash[] = []
  for (const { withdrawal } of open) {
    const { transactionHash } = await sendCall(client, {
      contract: 'OptimismPortal',
      address: devnet.addresses.OptimismPortal,
      abi: optimismPortalAbi,
      functionName: 'finalizeWithdrawalTransaction',
      args: [structOf(withdrawal)],
    })
    hashes.push(transactionHash)
  }
  if (hashes.length === 0) throw new OpenLedgerError('OL1733', { hash })
  return { hashes, warpedSeconds }
}

/**
 * Checks whether a withdrawal can be finalized, without doing it.
 *
 * @returns the withdrawals of the transaction that can be finalized, and the seconds by which the clocks have to be moved
 * @throws the same errors as {@link finalizeWithdrawal}
 */
export async function checkFinalize(
  devnet: DevnetState,
  { hash, warp: mayWarp }: Pick<FinalizeOptions, 'hash' | 'warp'>,
): Promise<{ open: TrackedWithdrawal[]; secondsLeft: number }> {
  const open = (await withdrawalsOf(devnet, hash)).filter(({ status }) => status !== 'finalized')
  if (open.length === 0) throw new OpenLedgerError('OL1733', { hash })
  if (open.some(({ status }) => status.endsWith('-to-prove'))) throw new OpenLedgerError('OL1734', { hash })
  const secondsLeft = Math.max(...open.map((one) => one.secondsLeft))
  if (secondsLeft > 0 && !mayWarp) throw new OpenLedgerError('OL1735', { hash, seconds: secondsLeft })
  return { open, secondsLeft }
}

/** The withdrawal without its hash, in the form that the portal takes. */
const structOf = ({ nonce, sender, target, value, gasLimit, data }: TrackedWithdrawal['withdrawal']) => ({
  nonce,
  sender,
  target,
  value,
  gasLimit,
  data,
})
