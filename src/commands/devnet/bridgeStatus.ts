import { bridgeStatus } from '../../devnet/bridge/bridgeStatus.js'
import { allWithdrawals, type TrackedWithdrawal, withdrawalsOf } from '../../devnet/bridge/withdrawals.js'
import { formatCoins, formatDuration, formatOpen, shortHex } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { bridgeDevnet, transactionHash } from './bridgeDevnet.js'

/** `openledger devnet bridge status`: what is locked, how far each layer knows the other, and the withdrawals. */
export async function run(
  context: CommandContext,
  { transaction }: { readonly transaction: string | undefined },
): Promise<void> {
  const devnet = await bridgeDevnet(context)
  const [status, withdrawals] = await Promise.all([
    bridgeStatus(devnet),
    transaction === undefined ? allWithdrawals(devnet) : withdrawalsOf(devnet, transactionHash(transaction)),
  ])
  const data = {
    lockedWei: status.lockedWei,
    circulatingWei: status.circulatingWei,
    l1: { blockNumber: Number(status.l1Block), derivedBlockNumber: Number(status.derivedBlock) },
    l2: { blockNumber: Number(status.l2Block), proposedBlockNumber: Number(status.proposedBlock) },
    finalizationSeconds: Number(status.finalizationSeconds),
    withdrawals: withdrawals.map(dataOf),
  }
  context.output.result(data, ({ l1, l2, finalizationSeconds }, { table }) =>
    [
      `${formatOpen(status.lockedWei)} locked on the L1, ${formatOpen(status.circulatingWei)} brought to the L2`,
      `L1 at block ${l1.blockNumber}, of which the L2 has ${l1.derivedBlockNumber}; L2 at block ${l2.blockNumber}, proposed up to ${l2.proposedBlockNumber}`,
      `a proven withdrawal waits ${formatDuration(finalizationSeconds * 1_000)}`,
      ...(withdrawals.length === 0 ? ['no withdrawals'] : ['', table(columns, withdrawals.map(rowOf))]),
    ].join('\n'),
  )
}

const columns = [
  { title: 'withdrawal', shrink: true },
  { title: 'OPEN', align: 'right' },
  { title: 'to' },
  { title: 'status' },
] as const

const rowOf = ({ hash, withdrawal, status, secondsLeft }: TrackedWithdrawal): string[] => [
  hash,
  formatCoins(withdrawal.value, 6),
  shortHex(withdrawal.target),
  secondsLeft === 0 ? status : `${status} (${formatDuration(secondsLeft * 1_000)})`,
]

const dataOf = ({ hash, blockNumber, withdrawal, status, secondsLeft }: TrackedWithdrawal) => ({
  hash,
  blockNumber: Number(blockNumber),
  withdrawalHash: withdrawal.withdrawalHash,
  from: withdrawal.sender,
  to: withdrawal.target,
  amountWei: withdrawal.value,
  status,
  secondsLeft,
})
