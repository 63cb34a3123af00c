import { getBlockTime } from '../../chain/actions/common/getBlockTime.js'
import { getBallot } from '../../chain/actions/rewards/getBallot.js'
import { getEpoch } from '../../chain/actions/rewards/getEpoch.js'
import { type SettleVoteReturnType, settleVote } from '../../chain/actions/rewards/settleVote.js'
import { type GetStakeReturnType, getStake } from '../../chain/actions/staking/getStake.js'
import { type GetStakingReturnType, getStaking } from '../../chain/actions/staking/getStaking.js'
import { requestUnstake } from '../../chain/actions/staking/requestUnstake.js'
import { stake } from '../../chain/actions/staking/stake.js'
import { withdrawStake } from '../../chain/actions/staking/withdrawStake.js'
import { withdrawStakingRewards } from '../../chain/actions/staking/withdrawStakingRewards.js'
import { getCredit } from '../../chain/actions/tokens/getCredit.js'
import { withdrawCredits } from '../../chain/actions/tokens/withdrawCredits.js'
import type { WriteClient } from '../../chain/client/ChainClient.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { defineOperation, type Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'

/** The devnet's account that stakes by default. */
const staker = 'user'

/** One thing that a staker can send. */
export interface StakeStep {
  readonly name: 'deposit' | 'request' | 'settle' | 'withdraw stake' | 'withdraw rewards' | 'withdraw bonds'
  /** OPEN that it moves; of a settlement, not known before. */
  readonly amountWei: bigint | undefined
}

export interface StakeFacts {
  readonly account: `0x${string}`
  readonly steps: readonly StakeStep[]
}

export type StakeOperation = Operation<readonly SentStep[], StakeFacts>

/** Adds OPEN to the signer's stake. */
export const depositStake = (connection: Connection, amountWei: bigint): StakeOperation =>
  stakeOperation(connection, 'Stake', [{ name: 'deposit', amountWei }])

/** Asks for a part of the signer's stake, which can be collected after the waiting period. */
export const requestStake = (connection: Connection, amountWei: bigint): StakeOperation =>
  stakeOperation(connection, 'Ask for stake', [{ name: 'request', amountWei }])

/**
 * Collects what the signer can have now: first its vote on a decided epoch is settled, which frees its stake, then comes the
 * stake whose waiting is over, then what it has earned, then the bonds that the ledger owes it.
 *
 * @throws OL1845 when there is nothing to collect, OL1852 when there is later
 */
export async function collectStake(connection: Connection): Promise<StakeOperation> {
  const account = connection.as(staker).account.address
  const { stake: found, ballot, bondsWei, now } = await stakeStatus(connection, account)
  const steps: StakeStep[] = []
  if (ballot?.decided === true) steps.push({ name: 'settle', amountWei: undefined })
  const due = found.unbondingWei > 0n && found.availableAt <= now
  if (due && (!found.locked || ballot?.decided === true))
    steps.push({ name: 'withdraw stake', amountWei: found.unbondingWei })
  if (found.rewardsWei > 0n) steps.push({ name: 'withdraw rewards', amountWei: found.rewardsWei })
  if (bondsWei > 0n) steps.push({ name: 'withdraw bonds', amountWei: bondsWei })
  if (steps.length > 0) return stakeOperation(connection, 'Collect what can be', steps)
  const whose = { account, network: connection.network.name }
  if (found.unbondingWei === 0n) throw new OpenLedgerError('OL1845', { ...whose, reason: 'no stake was asked for' })
  const reason = due
    ? `its vote on epoch ${ballot?.epoch} is not settled before that is decided`
    : `its stake waits until ${new Date(found.availableAt * 1000).toISOString()}`
  throw new OpenLedgerError('OL1852', { ...whose, reason })
}

export interface SentStep extends StakeStep {
  readonly transactionHash: `0x${string}`
  /** Of a request: Unix time in seconds from which the stake can be collected. */
  readonly availableAt?: number
  /** Of a settlement. */
  readonly settled?: SettleVoteReturnType
}

/** Sends steps one after the other. What a settlement wins, and leaves of the stake, is collected after it. */
const stakeOperation = (connection: Connection, title: string, steps: readonly StakeStep[]): StakeOperation =>
  defineOperation(connection, {
    title,
    role: staker,
    facts: { account: connection.as(staker).account.address, steps },
    async act(client) {
      const sent: SentStep[] = []
      const left = [...steps]
      for (let step = left.shift(); step !== undefined; step = left.shift()) {
        const done = { ...step, ...(await send(client, step)) }
        sent.push(done)
        const won = done.settled?.rewardWei ?? 0n
        if (won > 0n && !left.some(({ name }) => name === 'withdraw bonds'))
          left.push({ name: 'withdraw bonds', amountWei: won })
      }
      return sent
    },
  })

async function send(
  client: WriteClient,
  { name, amountWei = 0n }: StakeStep,
): Promise<Omit<SentStep, keyof StakeStep> & { readonly amountWei?: bigint }> {
  switch (name) {
    case 'deposit':
      return { transactionHash: (await stake(client, { amountWei })).hash }
    case 'request': {
      const { hash, availableAt } = await requestUnstake(client, { amountWei })
      return { transactionHash: hash, availableAt }
    }
    case 'settle': {
      const settled = await settleVote(client, { account: client.account.address })
      return { transactionHash: settled.hash, settled }
    }
    case 'withdraw stake': {
      // A settlement before it may have taken a part.
      const { hash, amountWei: paid } = await withdrawStake(client)
      return { transactionHash: hash, amountWei: paid }
    }
    case 'withdraw bonds': {
      const { hash, amountWei: paid } = await withdrawCredits(client, { contract: 'AttributionLedger' })
      return { transactionHash: hash, amountWei: paid }
    }
    case 'withdraw rewards': {
      const { hash, amountWei: paid } = await withdrawStakingRewards(client)
      return { transactionHash: hash, amountWei: paid }
    }
  }
}

export interface StakeStatus {
  readonly account: `0x${string}`
  readonly stake: GetStakeReturnType
  readonly staking: GetStakingReturnType
  /** The account's vote that is not settled, and whether it can be. */
  readonly ballot: { readonly epoch: number; readonly weightWei: bigint; readonly decided: boolean } | undefined
  /** What the ledger owes the account: bonds that came back, and what its votes won. */
  readonly bondsWei: bigint
  /** The chain's clock: Unix time in seconds. */
  readonly now: number
}

/** An account's stake, what it earns, and its open vote; by default, the signer's. */
export async function stakeStatus(connection: Connection, given?: `0x${string}`): Promise<StakeStatus> {
  const account = given ?? connection.as(staker).account.address
  const [found, staking, ballot, bondsWei, now] = await Promise.all([
    getStake(connection.client, { account }),
    getStaking(connection.client),
    getBallot(connection.client, { account }),
    getCredit(connection.client, { contract: 'AttributionLedger', account }),
    getBlockTime(connection.client),
  ])
  if (ballot === undefined) return { account, stake: found, staking, ballot: undefined, bondsWei, now }
  const { epoch, weightWei } = ballot
  const { status } = await getEpoch(connection.client, { epoch })
  const decided = status === 'finalized' || status === 'rejected'
  return { account, stake: found, staking, ballot: { epoch, weightWei, decided }, bondsWei, now }
}
