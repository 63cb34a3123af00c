import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { openLedgerGovernorAbi } from '../../contracts/OpenLedgerGovernor.abi.generated.js'

/**
 * The ids of all proposals, in the order of their creation.
 *
 * @example
 * const ids = await listProposals(client)
 */
export async function listProposals(client: ReadClient, { address }: ContractAddressParameter = {}): Promise<bigint[]> {
  const governor = { contract: 'OpenLedgerGovernor', address, abi: openLedgerGovernorAbi } as const
  const count = await readCall(client, { ...governor, functionName: 'proposalCount', args: [] })
  const indices = Array.from({ length: Number(count) }, (_, index) => BigInt(index))
  const found = await Promise.all(
    indices.map((index) => readCall(client, { ...governor, functionName: 'proposalDetailsAt', args: [index] })),
  )
  return found.map(([proposalId]) => proposalId)
}
