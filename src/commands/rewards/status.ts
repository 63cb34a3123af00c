import { getClaimed } from '../../chain/actions/rewards/getClaimed.js'
import { rewardPoolTotals } from '../../chain/actions/rewards/rewardPoolTotals.js'
import { checksumAddress } from '../../config/address.js'
import { formatOpen } from '../../terminal/formats.js'
import { contributorNames } from '../../workflows/datanets/contributorNames.js'
import { findOnChain, ledgerEpochs, readEpochs } from '../../workflows/epochs/epochHistory.js'
import { sortInferences } from '../../workflows/epochs/sortInferences.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import { openConnection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { contributorStatus } from './contributorStatus.js'

/** `openledger rewards status`: epochs, and what each contributor has earned and claimed, or one in every answer. */
export async function run(context: CommandContext, { for: who }: { readonly for: string | undefined }): Promise<void> {
  const { output, config } = context
  const { root, paths } = context.workspace()
  const connection = await openConnection({ ...config, workspace: root })
  if (who !== undefined) return contributorStatus(context, connection, await resolveAccount(who, config.keystores))
  const epochs = await readEpochs(paths)
  const { receipts, unpaid, unredeemed, unattributed } = await sortInferences(paths, connection, epochs)
  const inferences = {
    waiting: receipts.length,
    unpaid: unpaid.length,
    unredeemed: unredeemed.length,
    unattributed: unattributed.length,
  }
  const ledger = await ledgerEpochs(connection)
  const names = contributorNames(root)
  const rows = []
  for (const [account, earnedWei] of epochs.at(-1)?.cumulative ?? []) {
    const claimedWei = await getClaimed(connection.client, { account })
    rows.push({ account: checksumAddress(account) ?? account, name: names.get(account) ?? null, earnedWei, claimedWei })
  }
  const listed = []
  for (const epoch of epochs) {
    const { manifest } = epoch
    const { status = 'not posted', number: ledgerEpoch = null } = findOnChain(ledger, epoch) ?? {}
    const poolWei = BigInt(manifest.poolWei)
    listed.push({ epoch: manifest.epoch, ledgerEpoch, receipts: manifest.receiptCount, poolWei, status })
  }
  const pool = await rewardPoolTotals(connection.client)
  output.result({ epochs: listed, contributors: rows, pool, inferences }, (data, { table }) => {
    const right = (title: string) => ({ title, align: 'right' as const })
    return [
      data.epochs.length === 0
        ? 'No epoch yet.'
        : table(
            [right('epoch'), right('on ledger'), right('receipts'), right('pool'), { title: 'status' }],
            data.epochs.map((e) => [
              String(e.epoch),
              String(e.ledgerEpoch ?? ''),
              String(e.receipts),
              formatOpen(e.poolWei),
              e.status,
            ]),
          ),
      '',
      table(
        [{ title: 'contributor' }, { title: 'account', shrink: true }, right('earned'), right('claimed')],
        data.contributors.map((c) => [c.name ?? '', c.account, formatOpen(c.earnedWei), formatOpen(c.claimedWei)]),
      ),
      '',
      `pool: ${formatOpen(data.pool.fundedWei)} paid in, ${formatOpen(data.pool.claimedWei)} claimed`,
      `inferences: ${data.inferences.waiting} wait for an epoch, ${data.inferences.unpaid} were never paid for, ${data.inferences.unredeemed} are under vouchers that are not redeemed, ${data.inferences.unattributed} were shaped by no record`,
    ].join('\n')
  })
}
