import { formatOpen } from '../../terminal/formats.js'
import { contributorNames } from '../../workflows/datanets/contributorNames.js'
import { claimAll } from '../../workflows/epochs/claimAll.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { describeTransactions } from '../views/describeTransactions.js'

interface Input {
  readonly for: string | undefined
  readonly warp: boolean
}

/** `openledger rewards claim`: pays every account, or one, what it has earned and not yet claimed. */
export async function run(context: CommandContext, { for: who, warp }: Input): Promise<void> {
  const { output, config } = context
  const { root, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  const parameters = { warp, ...(who !== undefined && { accounts: [await resolveAccount(who, config.keystores)] }) }
  const names = contributorNames(root)
  const operation = await claimAll(paths, connection, parameters)
  const claimed = await carryOut(context, operation, {
    done: 'claimed',
    question: `Pay out what ${who ?? 'everybody'} has earned`,
    past: 'the challenge window',
    describe: (transactions) =>
      [
        transactions.length === 0 ? 'Nothing is left to claim.' : describeTransactions(transactions),
        ...operation.facts.claims.map(
          ({ account, cumulativeWei }) =>
            `${names.get(account.toLowerCase()) ?? account} would have been paid ${formatOpen(cumulativeWei)} in all`,
        ),
      ].join('\n'),
  })
  if (claimed === undefined) return
  const { epoch, paid, refused, warpedSeconds, finalized } = claimed
  const changed = paid.length > 0 || finalized
  output.result({ changed, epoch, finalized, warpedSeconds, paid, refused }, (data, { table }) =>
    data.paid.length === 0
      ? 'Nothing was left to claim.'
      : table(
          [
            { title: 'contributor' },
            { title: 'account', shrink: true },
            { title: 'paid', align: 'right' },
            { title: 'in all', align: 'right' },
          ],
          data.paid.map((claim) => [
            names.get(claim.account.toLowerCase()) ?? '',
            claim.account,
            formatOpen(claim.amountWei),
            formatOpen(claim.cumulativeWei),
          ]),
        ),
  )
}
