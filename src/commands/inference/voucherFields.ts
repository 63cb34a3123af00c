import { checksumAddress } from '../../config/checksumAddress.js'
import type { VoucherFile } from '../../rewards/voucherFile.js'
import { formatOpen, shortHex } from '../../terminal/formats.js'

type Unsigned = Omit<VoucherFile, 'signature'>

/** A voucher's file has addresses in lower case, as they are hashed; people see the spelling that has a checksum. */
const spelt = (address: string): string => checksumAddress(address) ?? address

/** A voucher as it is in the result document. */
export const voucherFields = ({ chainId, escrow, voucher, previous, inferences }: Unsigned) => ({
  chainId,
  escrow: spelt(escrow),
  payer: spelt(voucher.payer),
  modelId: voucher.modelId,
  cumulativeWei: BigInt(voucher.cumulativeWei),
  previousCumulativeWei: BigInt(previous.cumulativeWei),
  head: voucher.inferences,
  inferences: inferences.map(({ inferenceId, feeWei }) => ({ inferenceId, feeWei: BigInt(feeWei) })),
})

/** What the payer is about to sign, for people. */
export function describeVoucher({ chainId, escrow, voucher, previous, inferences }: Unsigned): string {
  const [total, before] = [BigInt(voucher.cumulativeWei), BigInt(previous.cumulativeWei)]
  return [
    `voucher for the escrow ${spelt(escrow)} on chain ${chainId}`,
    `  payer       ${spelt(voucher.payer)}`,
    `  model       ${voucher.modelId}`,
    `  inferences  ${inferences.length}, for ${formatOpen(total - before, 18)}`,
    `  in all      ${formatOpen(total, 18)}, all earlier vouchers for the model included`,
    `  head        ${shortHex(voucher.inferences, 8)}`,
  ].join('\n')
}
