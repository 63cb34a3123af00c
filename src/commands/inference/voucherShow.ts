import { readVoucherFile } from '../../rewards/voucherFile.js'
import { formatOpen, shortHex } from '../../terminal/formats.js'
import { voucherStanding } from '../../workflows/redeemNoted.js'
import { readVouchers, requireOf } from '../../workflows/vouchers.js'
import type { CommandContext } from '../CommandContext.js'
import { openNetwork } from '../openNetwork.js'
import { voucherFields } from './voucherFields.js'

interface Input {
  readonly file: string | undefined
}

/** `openledger inference voucher show`: what vouchers promise, and whether the chain would take them. */
export async function run(context: CommandContext, { file: path }: Input): Promise<void> {
  const chain = await openNetwork(context)
  const files =
    path === undefined
      ? await readVouchers(context.workspace().paths, chain)
      : [requireOf(chain, await readVoucherFile(path), path)]
  const standings = await Promise.all(files.map((file) => voucherStanding(chain, file)))
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
    { title: 'payer', shrink: true },
    { title: 'model' },
    { title: 'inferences', align: 'right' },
    { title: 'in all', align: 'right' },
    { title: 'new', align: 'right' },
    { title: 'status' },
  ] as const
  context.output.result({ vouchers }, (_, { table }) =>
    vouchers.length === 0
      ? 'No voucher is noted here.'
      : table(
          columns,
          vouchers.map(({ voucherId, payer, modelId, inferences, cumulativeWei, newWei, status }) => [
            shortHex(voucherId),
            payer,
            shortHex(modelId),
            String(inferences.length),
            formatOpen(cumulativeWei),
            formatOpen(newWei),
            status,
          ]),
        ),
  )
}
