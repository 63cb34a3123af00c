import { formatOpen, shortHex } from '../../terminal/formats.js'
import type { Style } from '../../terminal/Style.js'
import { contributorNames } from '../../workflows/datanets/contributorNames.js'
import { type RecordTrace, type VerifyRewardsReturnType, verifyRewards } from '../../workflows/epochs/verifyRewards.js'
import { failedChecks } from '../../workflows/network/failedChecks.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'

/** `openledger rewards verify`: every number of every epoch, off chain and on chain. Exit code 6 on a mismatch. */
export async function run(context: CommandContext): Promise<void> {
  const { output, config } = context
  const { root, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  const verified = await output.step('Verify every epoch', () => verifyRewards(paths, connection))
  const failure = failedChecks([
    ...verified.epochs.flatMap(({ epoch, checks }) =>
      checks.map((each) => ({ ...each, name: `epoch ${epoch}: ${each.name}` })),
    ),
    ...verified.pool,
  ])
  output.result(verified, (data, style) => describeVerification(data, contributorNames(root), style), failure)
}

export function describeVerification(
  { epochs, pool, trace }: VerifyRewardsReturnType,
  names: ReadonlyMap<string, string>,
  { paint }: Style,
): string {
  const line = ({ name, ok, detail }: (typeof pool)[number]): string =>
    `${ok ? paint.green('✔') : paint.red('✖')} ${name}: ${paint.dim(detail)}`
  return [
    ...epochs.flatMap(({ epoch, status, checks }) => [paint.bold(`epoch ${epoch} (${status})`), ...checks.map(line)]),
    paint.bold('pool'),
    ...pool.map(line),
    ...(trace === undefined ? [] : [paint.bold('one record, all the way'), ...describeTrace(trace, names)]),
  ].join('\n')
}

/** One record from the Datanet's root to the claim that was paid for it. */
export const describeTrace = (trace: RecordTrace, names: ReadonlyMap<string, string>): string[] => [
  `record ${shortHex(trace.recordId)} by ${names.get(trace.contributor.toLowerCase()) ?? trace.contributor}`,
  `  → signed by its contributor for the Datanet ${shortHex(trace.datanetIdentity)}: ${shortHex(trace.signature)}`,
  `  → in the Datanet’s root ${shortHex(trace.datanetRoot)}, record ${trace.sequence} of its order`,
  `  → in the receipt of inference ${shortHex(trace.inferenceId)}, in the epoch’s root ${shortHex(trace.receiptsRoot)}`,
  `  → ${formatOpen(trace.amountWei)}, claimed by its contributor (${formatOpen(trace.claimedWei)} in all)`,
]
