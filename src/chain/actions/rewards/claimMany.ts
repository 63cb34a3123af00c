import type { Address, Hash } from 'viem'
import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventsOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { rewardPoolAbi } from '../../contracts/RewardPool.abi.generated.js'
import type { RewardClaim } from './claimRewards.js'

/** Accounts in one transaction. More would save little gas per account; the block's limit is far away. */
export const claimBatch = 100

/**
 * Gas that the pool lets a recipient use. It comes on top of the estimate, since the pool continues when a smart
 * account runs out of gas: the lowest gas that works pays such an account nothing.
 */
const recipientGas = 50_000n

export interface ClaimManyParameters extends ContractAddressParameter {
  readonly claims: readonly RewardClaim[]
}

export interface PaidClaim {
  readonly account: Address
  readonly amountWei: bigint
  readonly cumulativeWei: bigint
  readonly hash: Hash
}

export interface ClaimManyReturnType {
  readonly paid: readonly PaidClaim[]
  /** Accounts that refused the money; it stays claimable. */
  readonly refused: readonly { readonly account: Address; readonly amountWei: bigint; readonly hash: Hash }[]
  readonly transactions: readonly Sent[]
}

/**
 * Pays many contributors, 100 in a transaction; the client's account pays the gas. The pool skips accounts that have
 * earned nothing new.
 *
 * @throws OL1603 when a whole transaction would pay nobody
 * @throws OL1605 when a proof does not lead to the active root; earlier transactions are not undone
 * @example
 * const { paid } = await claimMany(client, { claims })
 */
export async function claimMany(
  client: WriteClient,
  { address, claims }: ClaimManyParameters,
): Promise<ClaimManyReturnType> {
  const paid: PaidClaim[] = []
  const refused: ClaimManyReturnType['refused'][number][] = []
  const transactions: Sent[] = []
  for (let start = 0; start < claims.length; start += claimBatch) {
    const part = claims.slice(start, start + claimBatch)
    const call = {
      contract: 'RewardPool',
      address,
      abi: rewardPoolAbi,
      functionName: 'claimMany',
      args: [
        part.map(({ account }) => account),
        part.map(({ cumulativeWei }) => cumulativeWei),
        part.map(({ proof }) => proof),
      ],
      extraGas: recipientGas * BigInt(part.length),
    } as const
    const receipt = await sendCall(client, call)
    const hash = receipt.transactionHash
    for (const { account, amount, cumulative } of eventsOf(receipt, call, 'Claimed')) {
      paid.push({ account, amountWei: amount, cumulativeWei: cumulative, hash })
    }
    for (const { account, amount } of eventsOf(receipt, call, 'ClaimSkipped')) {
      refused.push({ account, amountWei: amount, hash })
    }
    transactions.push(sentOf(receipt))
  }
  return { paid, refused, transactions }
}
