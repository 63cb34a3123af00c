import type { WriteClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { eventOf, type Sent, sendCall, sentOf } from '../../client/sendCall.js'
import { type CreditContract, pullPaymentAbi } from '../../values/pullPayment.js'

export interface WithdrawCreditsParameters extends ContractAddressParameter {
  /**
   * The escrow owes model owners and the treasury their parts of fees. The ledger owes posters and challengers their
   * bonds, and voters their rewards. Staking owes the treasury slashed stake. The DatanetRegistry owes collected
   * income, prices of shares, and refunds of requests and grants.
   */
  readonly contract: CreditContract
}

export interface WithdrawCreditsReturnType extends Sent {
  readonly amountWei: bigint
}

/**
 * Collects everything that a contract owes the client's account.
 *
 * @throws OL1603 when it owes nothing
 * @example
 * const { amountWei } = await withdrawCredits(client, { contract: 'InferenceEscrow' })
 */
export async function withdrawCredits(
  client: WriteClient,
  { contract, address }: WithdrawCreditsParameters,
): Promise<WithdrawCreditsReturnType> {
  const call = { contract, address, abi: pullPaymentAbi, functionName: 'withdraw', args: [] } as const
  const receipt = await sendCall(client, call)
  return { amountWei: eventOf(receipt, call, 'Withdrawn').amount, ...sentOf(receipt) }
}
