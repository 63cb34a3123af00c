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
import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Connection } from '../network/openConnection.js'

/** Who stakes on a devnet unless `--account` names another. */
const staker = 'user'

/** One thing that a staker can send. */
export interface StakeStep {
  readonly name: 'deposit' | 'request' | 'settle' | 'withdraw stake' | 'withdraw rewards' | 'withdraw bonds'
  /** OPEN that it moves; of a settlement, not known before. */
  readonly amountWei: bigint | undefined
}

export interface StakeSteps {
  readonly account: `0x${string}`
  readonly steps: readonly StakeStep[]
}

export const prepareDeposit = (connection: Connection, amountWei: bigint): StakeSteps => ({
  account: connection.as(staker).account.address,
  steps: [{ name: 'deposit', amountWei }],
})

export const prepareRequest = (connection: Connection, amountWei: bigint): StakeSteps => ({
  account: connection.as(staker).account.address,
  steps: [{ name: 'request', amountWei }],
})

/**
 * What the signer can collect now: first its vote on a decided epoch is settled, which frees its stake, then comes the stake
 * whose waiting is over, then what it has earned, then the bonds that the ledger owes it.
 *
 * @throws OL1845 when there is nothing to collect, OL1852 when there is later
 */
export async function prepareCollection(connection: Connection): Promise<StakeSteps> {
  const account = connection.as(staker).account.address
  const { stake: found, ballot, bondsWei, now } = await stakeStatus(connection, account)
  const steps: StakeStep[] = []
  if (ballot?.decided === true) steps.push({ name: 'settle', amountWei: undefined })
  const due = found.unbondingWei > 0n && found.availableAt <= now
  if (due && (!found.locked || ballot?.decided === true))
    steps.push({ name: 'withdraw stake', amountWei: found.unbondingWei })
  if (found.rewardsWei > 0n) steps.push({ name: 'withdraw rewards', amountWei: found.rewardsWei })
  if (bondsWei > 0n) steps.push({ name: 'withdraw bonds', amountWei: bondsWei })
  if (steps.length > 0) return { account, steps }
  const whose = { account, network: connection.network.name }
  if (found.unbondingWei === 0n) throw new OpenLedgerError('OL1845', { ...whose, reason: 'no stake was asked for' })
  const reason = due
    ? `its vote on epoch ${ballot?.epoch} is not settled before that is decided`
    : `its stake waits until ${new Date(found.availableAt * 1000).toISOString()}`
  throw new OpenLedgerError('OL1852', { ...whose, reason })
}

/** Sends the steps one after the other. What a settlement wins, and leaves of the stake, is collected after it. */
export async function sendSteps(connection: Connection, { steps }: StakeSteps): Promise<readonly SentStep[]> {
  const sent: SentStep[] = []
  const client = connection.as(staker)
  const left = [...steps]
  for (let step = left.shift(); step !== undefined; step = left.shift()) {
    const done = { ...step, ...(await send(client, step)) }
    sent.push(done)
    const won = done.settled?.rewardWei ?? 0n
    if (won > 0n && !left.some(({ name }) => name === 'withdraw bonds'))
      left.push({ name: 'withdraw bonds', amountWei: won })
  }
  return sent
}

export interface SentStep extends StakeStep {
  readonly transactionHash: `0x${string}`
  /** Of a request: Unix time in seconds from which the stake can be collected. */
  readonly availableAt?: number
  /** Of a settlement. */
  readonly settled?: SettleVoteReturnType
}

/** The transaction of the first step, checked; those after it depend on it. */
export async function planSteps(
  connection: Connection,
  { steps: [first] }: StakeSteps,
): Promise<readonly PlannedTransaction[]> {
  const planned = first && (await connection.plan(staker, (client) => send(client, first)))
  return planned === undefined ? [] : [planned]
}

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

/** An account's stake, what it earns, and its open vote; the signer's unless given. */
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
