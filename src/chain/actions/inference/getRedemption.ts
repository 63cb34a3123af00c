import type { ReadClient } from '../../client/ChainClient.js'
import { type ContractAddressParameter, contractAddress } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'
import { type Voucher, voucherIdOf } from '../../values/voucher.js'

export interface GetRedemptionParameters extends ContractAddressParameter {
  readonly voucher: Voucher
}

export interface GetRedemptionReturnType {
  /** The part of the voucher's total that no earlier voucher had redeemed. */
  readonly feeWei: bigint
  /** The part of the fee that went to the contributors' pool. */
  readonly poolWei: bigint
}

/**
 * The money that a voucher moved when it was redeemed; `undefined` if it was not redeemed. The query is by the
 * voucher's id, which commits to payer, model, total and inferences, so the answer is about this voucher and no other.
 *
 * @example
 * const redemption = await getRedemption(client, { voucher })
 */
export async function getRedemption(
  client: ReadClient,
  { address, voucher }: GetRedemptionParameters,
): Promise<GetRedemptionReturnType | undefined> {
  const escrow = contractAddress(client, 'InferenceEscrow', address)
  const { fee, pool } = await readCall(client, {
    contract: 'InferenceEscrow',
    address: escrow,
    abi: inferenceEscrowAbi,
    functionName: 'redemption',
    args: [voucherIdOf({ chainId: client.chain.id, escrow, voucher })],
  })
  return fee === 0n ? undefined : { feeWei: fee, poolWei: pool }
}
