import type { Address } from 'viem'
import { attributionLedgerAbi } from '../contracts/AttributionLedger.generated.js'
import { inferenceEscrowAbi } from '../contracts/InferenceEscrow.generated.js'
import type { ReadClient } from '../createChainClient.js'
import { readCall } from '../readCall.js'

export interface GetCreditParameters {
  readonly contract: 'InferenceEscrow' | 'AttributionLedger'
  readonly address: Address
  readonly account: Address
}

/**
 * What a contract owes an account, in wei; {@link withdrawCredits} collects it.
 *
 * @example
 * const owedWei = await getCredit(client, { contract: 'InferenceEscrow', address, account })
 */
export const getCredit = (client: ReadClient, { contract, address, account }: GetCreditParameters): Promise<bigint> => {
  const abi = contract === 'InferenceEscrow' ? inferenceEscrowAbi : attributionLedgerAbi
  return readCall(client, { contract, address, abi, functionName: 'credit', args: [account] })
}
