import { formatOpen } from '../../terminal/formats.js'
import { contributorNames } from '../../workflows/datanets/contributorNames.js'
import { planClaims, prepareClaims, sendClaims } from '../../workflows/epochs/claimAll.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import { agreeTo } from '../shared/agreeTo.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeTransactions } from '../views/describeTransactions.js'

interface Input {
  readonly for: string | undefined
  readonly warp: boolean
}

/** `openledger rewards claim`: pays every account, or one, what it has earned and not yet claimed. */
export async function run(context: CommandContext, { for: who, warp }: Input): Promise<void> {
  const { output, config, flags } = context
  const { root, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  const parameters = { warp, ...(who !== undefined && { accounts: [await resolveAccount(who, config.keystores)] }) }
  const names = contributorNames(root)
  // Found out once: what is shown and agreed to is what is sent.
  const prepared = await prepareClaims(paths, connection, parameters)
  if (flags.dryRun) {
    const transactions = await planClaims(connection, prepared)
    const claims = prepared.claims.map(({ account, cumulativeWei }) => ({ account, cumulativeWei }))
    const { epoch, finalize = null, warpSeconds } = prepared
    output.result({ claimed: false, epoch, finalize, warpSeconds, claims, transactions }, () =>
      [
        transactions.length === 0 ? 'Nothing is left to claim.' : describeTransactions(transactions),
        ...claims.map(
          ({ account, cumulativeWei }) =>
            `${names.get(account.toLowerCase()) ?? account} would have been paid ${formatOpen(cumulativeWei)} in all`,
        ),
      ].join('\n'),
    )
    return
  }
  await agreeTo(
    context,
    connection,
    () => planClaims(connection, prepared),
    `Pay out what ${who ?? 'everybody'} has earned`,
  )
  const claimed = await output.step('Claim', () => sendClaims(connection, prepared))
  if (claimed.warpedSeconds > 0)
    output.note(`The devnet's clock was moved by ${claimed.warpedSeconds} seconds, past the challenge window.`)
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
