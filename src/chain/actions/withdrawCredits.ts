import type { Address } from 'viem'
import { attributionLedgerAbi } from '../contracts/AttributionLedger.generated.js'
import { inferenceEscrowAbi } from '../contracts/InferenceEscrow.generated.js'
import type { WriteClient } from '../createChainClient.js'
import { eventOf, type Sent, sendCall, sentOf } from '../sendCall.js'

export interface WithdrawCreditsParameters {
  /** The escrow owes model owners and the treasury their parts of fees; the ledger owes posters and challengers bonds. */
  readonly contract: 'InferenceEscrow' | 'AttributionLedger'
  readonly address: Address
}

export interface WithdrawCreditsReturnType extends Sent {
  readonly amountWei: bigint
}

/**
 * Collects everything that a contract owes the client's account.
 *
 * @throws OL1603 when it owes nothing
 * @example
 * const { amountWei } = await withdrawCredits(client, { contract: 'InferenceEscrow', address })
 */
export async function withdrawCredits(
  client: WriteClient,
  { contract, address }: WithdrawCreditsParameters,
): Promise<WithdrawCreditsReturnType> {
  const abi = contract === 'InferenceEscrow' ? inferenceEscrowAbi : attributionLedgerAbi
  const call = { contract, address, abi, functionName: 'withdraw', args: [] } as const
  const receipt = await sendCall(client, call)
  return { amountWei: eventOf(receipt, call, 'Withdrawn').amount, ...sentOf(receipt) }
}
