import type { Hash, Hex } from 'viem'
import { concatHex, decodeAbiParameters, keccak256, pad, toEventSelector } from 'viem/utils'
import { z } from 'zod'
import { hex } from '../../files/hexSchemas.js'

/** Topic of the event that L2ToL1MessagePasser logs for a withdrawal. */
export const messagePassedTopic = toEventSelector(
  'MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)',
)

/** Hash of the withdrawal of a `MessagePassed` log: the last value that is not indexed. */
export const withdrawalHashOf = (data: Hex): Hash =>
  decodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }, { type: 'bytes' }, { type: 'bytes32' }], data)[3]

/** Storage slot of a withdrawal in L2ToL1MessagePasser, whose first slot is the mapping `sentMessages`. */
export const withdrawalSlot = (withdrawalHash: Hash): Hash => keccak256(concatHex([withdrawalHash, pad('0x0')]))

/** The answer of `eth_getProof`. */
export const accountProofSchema = z.looseObject({
  storageHash: hex,
  storageProof: z.array(z.looseObject({ key: hex })),
})

/** The output root of an L2 block: the hash of version 0, the state root, the withdrawals root and the block hash. */
export const outputRoot = (stateRoot: Hash, withdrawalsRoot: Hash, blockHash: Hash): Hash =>
  keccak256(concatHex([pad('0x0'), stateRoot, withdrawalsRoot, blockHash]))
