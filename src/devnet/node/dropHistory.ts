import { rpc } from './rpc.js'

/** EIP-2935's contract, which stores the hash of the previous block at the start of each block. */
export const historyAddress = '0x0000F90827F1C53a10cb7A02335B175320002935'

/**
 * Removes EIP-2935's contract from a chain; by the EIP, blocks skip a contract without code. Anvil computes the state root of
 * each block from every slot of every contract, and this one grows by a slot per block, up to 8191, so that a block would take
 * twenty milliseconds instead of two. The opcode BLOCKHASH does not need the contract.
 */
export const dropHistory = (url: string): Promise<unknown> => rpc(url, 'anvil_setCode', [historyAddress, '0x'])
