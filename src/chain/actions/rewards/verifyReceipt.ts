import type { Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export interface VerifyReceiptParameters extends ContractAddressParameter {
  readonly epoch: number
  readonly inferenceId: Hex
  readonly receiptHash: Hex
  readonly poolWei: bigint
  readonly proof: readonly Hex[]
}

/**
 * Asks the chain whether a receipt is in a final epoch.
 *
 * @example
 * await verifyReceipt(client, { epoch: 1, inferenceId, receiptHash, poolWei, proof }) // true
 */
export const verifyReceipt = (
  client: ReadClient,
  { address, epoch, inferenceId, receiptHash, poolWei, proof }: VerifyReceiptParameters,
): Promise<boolean> =>
  readCall(client, {
    contract: 'AttributionLedger',
    address,
    abi: attributionLedgerAbi,
    functionName: 'verifyReceipt',
    args: [BigInt(epoch), inferenceId, receiptHash, poolWei, proof],
  })
