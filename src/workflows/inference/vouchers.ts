import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { getRedemption } from '../../chain/actions/inference/getRedemption.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { canonicalJson, hashJson } from '../../files/canonicalJson.js'
import { reasonOf } from '../../files/reasonOf.js'
import { writeNewFile } from '../../files/writeNewFile.js'
import type { Redemption } from '../../rewards/redemptions.js'
import {
  readVoucherFile,
  redemptionOf,
  signedVoucherOf,
  type VoucherFile,
  voucherFileId,
} from '../../rewards/voucherFile.js'
import type { Connection } from '../network/openConnection.js'
import { redemptionMismatch } from './inferencePayments.js'

const folderOf = (paths: WorkspacePaths): string => join(paths.attribution, 'vouchers')

/** The vouchers that the workspace has noted for a chain, those of each payer and model by their totals. */
export async function readVouchers(paths: WorkspacePaths, connection: Connection): Promise<VoucherFile[]> {
  const folder = folderOf(paths)
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new OpenLedgerError('OL1900', { path: folder, reason: reasonOf(cause) }, { cause })
  })
  const files: VoucherFile[] = []
  for (const name of names.filter((each) => each.endsWith('.json')).sort())
    files.push(await readVoucherFile(join(folder, name)))
  return files
    .filter((file) => isOf(connection, file))
    .sort((a, b) => (BigInt(a.voucher.cumulativeWei) < BigInt(b.voucher.cumulativeWei) ? -1 : 1))
}

/** @throws OL1664 when a voucher is not for the escrow of a chain */
export function requireOf(connection: Connection, file: VoucherFile, path: string): VoucherFile {
  if (isOf(connection, file)) return file
  const { escrow, chainId } = file
  throw new OpenLedgerError('OL1664', { what: path, escrow, chainId, network: connection.network.name })
}

const isOf = (connection: Connection, { chainId, escrow }: VoucherFile): boolean =>
  chainId === connection.network.chain.id && escrow === connection.address('InferenceEscrow').toLowerCase()

/**
 * Notes a voucher in the workspace, under the voucher that it continues from: of two that continue from the same one, one is first.
 *
 * @returns its path, or undefined where another one continues from there already
 */
export async function noteVoucher(paths: WorkspacePaths, file: VoucherFile): Promise<string | undefined> {
  const path = join(folderOf(paths), `${nameOf(file)}.json`)
  return (await writeNewFile(path, contentOf(file))) ? path : undefined
}

/** Notes a voucher that came from elsewhere, also beside another one that continues from the same. */
export async function keepVoucher(paths: WorkspacePaths, file: VoucherFile): Promise<void> {
  const id = voucherFileId(file)
  const name = nameOf(file)
  for (const each of [name, `${name}-${id.slice(2, 10)}`]) {
    const path = join(folderOf(paths), `${each}.json`)
    if ((await writeNewFile(path, contentOf(file))) || voucherFileId(await readVoucherFile(path)) === id) return
  }
}

export const contentOf = (file: VoucherFile): string => `${canonicalJson(file)}\n`

function nameOf({ chainId, escrow, voucher: { payer, modelId }, previous }: VoucherFile): string {
  const place = hashJson({ chainId, escrow, payer, modelId, previous })
  return `${modelId.slice(2, 10)}-${payer.slice(2, 10)}-${place.slice(2, 18)}`
}

/** The redemptions of noted vouchers, each held against the escrow, in the order of {@link readVouchers}. */
export async function notedRedemptions(connection: Connection, files: readonly VoucherFile[]): Promise<Redemption[]> {
  const redemptions: Redemption[] = []
  for (const file of files) {
    const redeemed = await getRedemption(connection.client, { voucher: signedVoucherOf(file).voucher })
    const redemption = redeemed && redemptionOf(file, redeemed, files)
    if (redemption !== undefined && (await redemptionMismatch(connection, redemption)) === undefined)
      redemptions.push(redemption)
  }
  return redemptions
}
