import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'
import { type Voucher, voucherStruct } from '../../values/voucher.js'

export interface VerifyVoucherParameters extends ContractAddressParameter {
  readonly voucher: Voucher
  readonly signature: Hex
}

/**
 * Whether a voucher was signed by its payer for this escrow, with the payer's key or with a signature that the payer's
 * contract accepts (ERC-1271). Whether the payer's deposit covers it, {@link getDeposit} says.
 *
 * @example
 * const signed = await verifyVoucher(client, { voucher, signature })
 */
export const verifyVoucher = (
  client: ReadClient,
  { address, voucher, signature }: VerifyVoucherParameters,
): Promise<boolean> =>
  readCall(client, {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'isSigned',
    args: [voucherStruct(voucher), signature],
  })
