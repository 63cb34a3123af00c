import { formatOpen } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { stakeStatus } from '../../workflows/stake/manageStake.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly for: string | undefined
}

/** `openledger stake status`: an account's stake, what it has earned, and its open vote. */
export async function run(context: CommandContext, { for: who }: Input): Promise<void> {
  const { output, config } = context
  const connection = await connect(context)
  const account = who === undefined ? undefined : await resolveAccount(who, config.keystores)
  const { stake, staking, ballot, bondsWei, ...found } = await stakeStatus(connection, account)
  const { activeWei, unbondingWei, rewardsWei, locked } = stake
  const availableAt = unbondingWei === 0n ? null : new Date(stake.availableAt * 1000).toISOString()
  const { totalActiveWei, minStakeWei, unbondingPeriod, thisPeriodWei, nextPeriodWei } = staking
  const data = {
    account: found.account,
    activeWei,
    unbondingWei,
    availableAt,
    locked,
    rewardsWei,
    bondsWei,
    vote: ballot ?? null,
    staking: { totalActiveWei, minStakeWei, unbondingPeriod, thisPeriodWei, nextPeriodWei },
  }
  output.result(data, () =>
    [
      `${data.account}`,
      `  staked        ${formatOpen(activeWei)} of ${formatOpen(totalActiveWei)} in all`,
      `  on its way    ${formatOpen(unbondingWei)}${availableAt === null ? '' : `, from ${availableAt}`}`,
      `  has earned    ${formatOpen(rewardsWei)}, and is owed ${formatOpen(bondsWei)} of bonds`,
      ballot === undefined
        ? '  vote          none that waits'
        : `  vote          on epoch ${ballot.epoch} with ${formatOpen(ballot.weightWei)}, ${ballot.decided ? 'which is decided: settle it with stake withdraw' : 'which is in question: the stake stays in'}`,
      `stakers earn ${formatOpen(thisPeriodWei)} over the rest of these seven days, ${formatOpen(nextPeriodWei)} over the next`,
    ].join('\n'),
  )
}
