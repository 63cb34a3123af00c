import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { datanetRegistryAbi } from '../../contracts/DatanetRegistry.abi.generated.js'

export interface VerifyRecordParameters extends ContractAddressParameter {
  readonly datanetId: Hex
  readonly version: number
  readonly recordId: Hex
  readonly contributor: Address
  /** The record's position in the order of the Datanet. */
  readonly sequence: number
  readonly proof: readonly Hex[]
}

/**
 * Asks the chain whether a contributor's record is in a version of a Datanet, at a position in its order.
 *
 * @throws OL1603 when there is no such version
 * @example
 * await verifyRecord(client, { datanetId, version: 1, recordId, contributor, sequence: 7, proof }) // true
 */
export const verifyRecord = (
  client: ReadClient,
  { address, datanetId, version, recordId, contributor, sequence, proof }: VerifyRecordParameters,
): Promise<boolean> =>
  readCall(client, {
    contract: 'DatanetRegistry',
    address,
    abi: datanetRegistryAbi,
    functionName: 'verifyRecord',
    args: [datanetId, BigInt(version), recordId, contributor, BigInt(sequence), proof],
  })
