import { formatOpen } from '../../terminal/formats.js'
import { claimAll } from '../../workflows/claimAll.js'
import { contributorNames } from '../../workflows/contributorNames.js'
import { openChain } from '../../workflows/openChain.js'
import { resolveAccount } from '../../workflows/resolveAccount.js'
import type { CommandContext } from '../CommandContext.js'

interface Input {
  readonly account: string | undefined
  readonly warp: boolean
}

/** `openledger rewards claim`: pays every account, or one, what it has earned and not yet claimed. */
export async function run(context: CommandContext, { account, warp }: Input): Promise<void> {
  const { output, config } = context
  const { root, paths } = context.workspace()
  const chain = await openChain({ ...config, workspace: root })
  const accounts = account === undefined ? {} : { accounts: [resolveAccount(account)] }
  await context.confirm(`Pay out what ${account ?? 'everybody'} has earned on ${chain.network.name}?`)
  const claimed = await output.step('Claim', () => claimAll(paths, chain, { warp, ...accounts }))
  if (claimed.warpedSeconds > 0)
    output.note(`The devnet's clock was moved by ${claimed.warpedSeconds} seconds, past the challenge window.`)
  const names = contributorNames(root)
  const { epoch, paid, refused, warpedSeconds, finalized } = claimed
  output.result({ epoch, finalized, warpedSeconds, paid, refused }, (data, { table }) =>
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
