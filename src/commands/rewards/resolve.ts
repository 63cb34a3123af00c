import { formatOpen, shortHex } from '../../terminal/formats.js'
import { type EndVoteReturnType, endVote } from '../../workflows/epochs/judgeEpoch.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'

interface Input {
  readonly epoch: number
  readonly warp: boolean
}

/** `openledger rewards resolve`: ends the vote on a challenged epoch, and settles one's own vote. */
export async function run(context: CommandContext, { epoch, warp }: Input): Promise<void> {
  const { output, config } = context
  const { root } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  const question = `End the vote on epoch ${epoch} of the ledger`
  const operation = await endVote(connection, epoch, warp)
  const ended = await carryOut(context, operation, { done: 'resolved', question, past: 'the end of the vote' })
  if (ended === undefined) return
  const { resolved, settled, warpedSeconds } = ended
  const data = {
    epoch,
    warpedSeconds,
    outcome: resolved?.outcome ?? null,
    rewardsRoot: resolved?.rewardsRoot ?? null,
    forfeitedWei: resolved?.forfeitedWei ?? null,
    transactionHash: resolved?.hash ?? null,
    rewardWei: settled?.rewardWei ?? null,
    slashedWei: settled?.slashedWei ?? null,
  }
  output.result(data, () => describeEnd(epoch, ended))
}

function describeEnd(epoch: number, { resolved, settled }: EndVoteReturnType): string {
  const found = {
    none: '',
    upheld: `Epoch ${epoch} was found right: it is final, and its rewards can be claimed.`,
    overturned: `Epoch ${epoch} is rejected: validators found the root ${shortHex(resolved?.rewardsRoot ?? '0x', 8)}.`,
    undecided: `Epoch ${epoch} is rejected: no root had more than half of the stake that voted, or too little stake did. It may be posted again.`,
  }
  const lines =
    resolved === undefined ? [`The vote on epoch ${epoch} had been ended before.`] : [found[resolved.outcome]]
  if (settled !== undefined)
    lines.push(
      settled.slashedWei > 0n
        ? `Your vote lost: ${formatOpen(settled.slashedWei)} of your stake went to the treasury.`
        : `Your vote is settled, and won ${formatOpen(settled.rewardWei)}; nothing of your stake is lost.`,
    )
  return lines.join('\n')
}
