import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { writeNewFile } from '../../files/writeNewFile.js'
import { voucherFileId } from '../../rewards/voucherFile.js'
import { formatOpen } from '../../terminal/formats.js'
import { quote } from '../../terminal/Shell.js'
import { createVoucher } from '../../workflows/inference/createVoucher.js'
import { contentOf } from '../../workflows/inference/vouchers.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { describeVoucher, voucherFields } from './voucherFields.js'

interface Input {
  readonly model: `0x${string}`
  readonly inferences: string
  readonly after: string | undefined
  readonly output: string | undefined
}

/** `openledger inference voucher create`: signs what is owed to a model in all. */
export async function run(context: CommandContext, input: Input): Promise<void> {
  const { output, config, flags, cwd } = context
  const { model: modelId, after, output: path } = input
  if (path !== undefined && existsSync(path)) throw new OpenLedgerError('OL1665', { path })
  const connection = await connect(context)
  const { paths } = path === undefined ? context.workspace() : (config.workspace ?? { paths: undefined })
  const operation = await createVoucher(connection, { modelId, served: input.inferences, after, paths })
  const { unsigned, feeWei, owedWei, spendableWei } = operation.facts
  const fields = { ...voucherFields(unsigned), feeWei, owedWei, spendableWei }
  if (flags.dryRun) {
    output.result({ signed: false, ...fields }, () => describeVoucher(unsigned))
    return
  }
  output.note(describeVoucher(unsigned))
  await context.confirm(`Sign a voucher of ${formatOpen(feeWei)} more?`, { shown: [] })
  const file = await output.step(operation.title, () => operation.carryOut())
  if (path !== undefined && !(await writeNewFile(path, contentOf(file)))) throw new OpenLedgerError('OL1665', { path })
  output.result(
    { signed: true, voucherId: voucherFileId(file), path: path ?? null, ...fields, ...voucherFields(file), file },
    () =>
      [
        `Signed: ${formatOpen(BigInt(file.voucher.cumulativeWei))} in all, ${formatOpen(feeWei)} of it new.`,
        path === undefined
          ? `It is noted in the workspace. To redeem it: ${context.shell.line('inference voucher redeem')}`
          : `Hand ${relative(cwd, path)} to whom it pays: ${context.shell.line(`inference voucher redeem ${quote(relative(cwd, path))}`)}`,
      ].join('\n'),
  )
}
