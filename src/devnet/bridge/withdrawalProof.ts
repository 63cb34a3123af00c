import type { Hash, Hex } from 'viem'
import { concatHex, decodeAbiParameters, keccak256, pad, toEventSelector } from 'viem/utils'
import { z } from 'zod'
import { hex } from '../../files/hexSchemas.js'

/** Topic of the event that a withdrawal leaves in L2ToL1MessagePasser. */
export const messagePassedTopic = toEventSelector(
  'MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)',
)

/** Hash of the withdrawal that a `MessagePassed` log tells of: the last of the values that are not indexed. */
export const withdrawalHashOf = (data: Hex): Hash =>
  decodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }, { type: 'bytes' }, { type: 'bytes32' }], data)[3]

/** Where L2ToL1MessagePasser notes a withdrawal: `sentMessages` is the mapping in its first slot. */
export const withdrawalSlot = (withdrawalHash: Hash): Hash => keccak256(concatHex([withdrawalHash, pad('0x0')]))

/** What `eth_getProof` answers. */
export const accountProofSchema = z.looseObject({
  storageHash: hex,
  storageProof: z.array(z.looseObject({ key: hex })),
})

/** What the oracle keeps of an L2 block: version 0, the state, the withdrawals, the block itself. */
export const outputRoot = (stateRoot: Hash, withdrawalsRoot: Hash, blockHash: Hash): Hash =>
  keccak256(concatHex([pad('0x0'), stateRoot, withdrawalsRoot, blockHash]))
