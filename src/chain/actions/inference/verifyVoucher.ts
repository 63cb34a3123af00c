import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'
import type { Voucher } from '../../values/voucher.js'

export interface VerifyVoucherParameters extends ContractAddressParameter {
  readonly voucher: Voucher
  readonly signature: Hex
}

/**
 * Whether a voucher was signed by its payer for this escrow: by its key, or by what its contract accepts (ERC-1271). What
 * the payer has deposited is another question: `getDeposit`.
 *
 * @example
 * const signed = await verifyVoucher(client, { voucher, signature })
 */
export const verifyVoucher = (
  client: ReadClient,
  { address, voucher: { cumulativeWei, ...voucher }, signature }: VerifyVoucherParameters,
): Promise<boolean> =>
  readCall(client, {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'isSigned',
    args: [{ ...voucher, cumulative: cumulativeWei }, signature],
  })
