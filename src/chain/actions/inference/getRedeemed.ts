import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { inferenceEscrowAbi } from '../../contracts/InferenceEscrow.abi.generated.js'

export interface GetRedeemedParameters extends ContractAddressParameter {
  readonly payer: Address
  readonly modelId: Hex
}

/**
 * The total of a payer's vouchers that was redeemed for a model since the beginning, in wei. The next voucher must be
 * above it.
 *
 * @example
 * const redeemedWei = await getRedeemed(client, { payer, modelId })
 */
export const getRedeemed = (client: ReadClient, { address, payer, modelId }: GetRedeemedParameters): Promise<bigint> =>
  readCall(client, {
    contract: 'InferenceEscrow',
    address,
    abi: inferenceEscrowAbi,
    functionName: 'redeemed',
    args: [payer, modelId],
  })
