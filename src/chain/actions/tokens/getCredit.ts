import type { Address } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { type CreditContract, pullPaymentAbi } from '../../values/pullPayment.js'

export interface GetCreditParameters extends ContractAddressParameter {
  readonly contract: CreditContract
  readonly account: Address
}

/**
 * The amount that a contract owes an account, in wei. {@link withdrawCredits} collects it.
 *
 * @example
 * const owedWei = await getCredit(client, { contract: 'InferenceEscrow', account })
 */
export const getCredit = (client: ReadClient, { contract, address, account }: GetCreditParameters): Promise<bigint> =>
  readCall(client, { contract, address, abi: pullPaymentAbi, functionName: 'credit', args: [account] })
