import { redeemVouchers } from '../../chain/actions/inference/redeemVouchers.js'
import { readVoucherFile, signedVoucherOf } from '../../rewards/voucherFile.js'
import { formatOpen, shortHex } from '../../terminal/formats.js'
import { chooseRedeemable, type VoucherStanding, voucherStanding } from '../../workflows/inference/redeemNoted.js'
import { keepVoucher, readVouchers, requireOf } from '../../workflows/inference/vouchers.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { carryOut } from '../shared/carryOut.js'
import { connect } from '../shared/connect.js'

interface Input {
  readonly file: string | undefined
}

/** `openledger inference voucher redeem`: takes what vouchers promise out of their payers' deposits. */
export async function run(context: CommandContext, { file: path }: Input): Promise<void> {
  const { output, config, flags } = context
  const connection = await connect(context)
  const paths = path === undefined ? context.workspace().paths : config.workspace?.paths
  let chosen: VoucherStanding[]
  if (path === undefined) {
    const noted = await readVouchers(context.workspace().paths, connection)
    chosen = chooseRedeemable(await Promise.all(noted.map((file) => voucherStanding(connection, file))))
  } else {
    const file = requireOf(connection, await readVoucherFile(path), path)
    const standing = await voucherStanding(connection, file)
    chosen = [standing]
    // Noted before it is redeemed: without its inferences nobody can tell what the payment was for.
    if (paths !== undefined && !flags.dryRun && standing.status !== 'forged') await keepVoucher(paths, file)
  }
  if (chosen.length === 0) {
    output.result(
      { changed: false, sent: false, redeemed: [], skipped: [] },
      () => 'No voucher that is noted here can be redeemed.',
    )
    return
  }
  const vouchers = chosen.map(({ file }) => signedVoucherOf(file))
  const wanted = chosen.reduce((sum, { newWei }) => sum + newWei, 0n)
  const rows = chosen.map(({ voucherId, newWei, file: { voucher } }) => ({
    voucherId,
    payer: voucher.payer,
    modelId: voucher.modelId,
    cumulativeWei: BigInt(voucher.cumulativeWei),
    newWei,
  }))
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: `Redeem ${chosen.length === 1 ? 'a voucher' : `${chosen.length} vouchers`} of ${formatOpen(wanted)}`,
    facts: { vouchers: rows },
    act: (client) => redeemVouchers(client, { vouchers }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  const redeemed = sent.redeemed.map((each) => ({ ...rows.find((row) => row.voucherId === each.voucherId), ...each }))
  const transactionHashes = sent.transactions.map(({ hash }) => hash)
  output.result({ sent: true, redeemed, skipped: sent.skipped, transactionHashes }, () =>
    [
      ...sent.redeemed.map(
        ({ voucherId, feeWei, poolWei }) =>
          `${shortHex(voucherId)}: ${formatOpen(feeWei)} redeemed, ${formatOpen(poolWei)} of it for contributors.`,
      ),
      ...sent.skipped.map(
        (id) => `${shortHex(id)} was left out: its payer has withdrawn, or another was redeemed first.`,
      ),
    ].join('\n'),
  )
}
