import type { Hex } from 'viem'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { readVoucherFile, type VoucherFile } from '../../rewards/voucherFile.js'
import { readServed } from '../models/readServed.js'
import { defineOperation, type Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'
import { type PreparedVoucher, prepareVoucher, requireOwn, signNoted, signPrepared } from './signVouchers.js'
import { readVouchers, requireOf } from './vouchers.js'

export interface CreateVoucherParameters {
  readonly modelId: Hex
  /** File of the inferences that the provider says it has answered. */
  readonly served: string
  /** File of the payer's newest voucher, where the workspace does not have it. */
  readonly after: string | undefined
  /** The workspace that knows earlier vouchers and notes this one; a payer may have none. */
  readonly paths: WorkspacePaths | undefined
}

/**
 * Makes the next voucher of the signer for a model, and signs it. Nothing is sent: it moves money when somebody redeems it.
 *
 * @throws as `readServed`, `requireOwn` and `prepareVoucher`; OL1664 when the earlier voucher is for another escrow
 */
export async function createVoucher(
  connection: Connection,
  { modelId, served, after, paths }: CreateVoucherParameters,
): Promise<Operation<VoucherFile, PreparedVoucher>> {
  const known: VoucherFile[] = paths === undefined ? [] : await readVouchers(paths, connection)
  if (after !== undefined)
    known.push(await requireOwn(connection, modelId, requireOf(connection, await readVoucherFile(after), after), after))
  const inferences = await readServed(connection, modelId, served)
  const prepared = await prepareVoucher(connection, { modelId, inferences, known })
  return defineOperation(connection, {
    title: 'Sign the voucher',
    role: 'user',
    facts: prepared,
    plan: async () => [],
    // In the workspace first: a voucher that it forgets would be promised a second time.
    act: async () =>
      paths === undefined
        ? signPrepared(connection, prepared)
        : (await signNoted(connection, paths, prepared, known)).file,
  })
}
