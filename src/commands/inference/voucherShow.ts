import { readVoucherFile } from '../../rewards/voucherFile.js'
import { formatOpen, shortHex } from '../../terminal/formats.js'
import { type VoucherStatus, voucherStanding } from '../../workflows/inference/redeemNoted.js'
import { readVouchers, requireOf } from '../../workflows/inference/vouchers.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { voucherFields } from './voucherFields.js'

interface Input {
  readonly file: string | undefined
}

/** `openledger inference voucher show`: what vouchers promise, and whether the chain would take them. */
export async function run(context: CommandContext, { file: path }: Input): Promise<void> {
  const connection = await connect(context)
  const files =
    path === undefined
      ? await readVouchers(context.workspace().paths, connection)
      : [requireOf(connection, await readVoucherFile(path), path)]
  const standings = await Promise.all(files.map((file) => voucherStanding(connection, file)))
  const vouchers = standings.map(({ file, voucherId, status, newWei, balanceWei, spendableWei }) => ({
    voucherId,
    status,
    newWei,
    balanceWei,
    spendableWei,
    ...voucherFields(file),
  }))
  const columns = [
    { title: 'voucher' },
    { title: 'payer' },
    { title: 'model' },
    { title: 'inferences', align: 'right' },
    { title: 'in all', align: 'right' },
    { title: 'new', align: 'right' },
    { title: 'status' },
  ] as const
  context.output.result({ vouchers }, (_, { table }) => {
    if (vouchers.length === 0) return 'No voucher is noted here.'
    // What is over is of interest where it was asked for by name.
    const shown = path === undefined ? vouchers.filter(({ status }) => !over.includes(status)) : vouchers
    const rows = shown.map(({ voucherId, payer, modelId, inferences, cumulativeWei, newWei, status }) => [
      shortHex(voucherId),
      shortHex(payer),
      shortHex(modelId),
      String(inferences.length),
      formatOpen(cumulativeWei),
      formatOpen(newWei),
      status,
    ])
    const rest = vouchers.length - shown.length
    return [
      ...(rows.length === 0 ? [] : [table(columns, rows)]),
      ...(rest === 0
        ? []
        : [`${rest} more ${rest === 1 ? 'is' : 'are'} redeemed, or below one that is (--json lists all).`]),
    ].join('\n')
  })
}

/** Nothing is left to redeem of these. */
const over: readonly VoucherStatus[] = ['redeemed', 'passed']
