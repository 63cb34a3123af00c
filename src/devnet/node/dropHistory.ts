import { rpc } from './rpc.js'

/** EIP-2935's contract, which a block's beginning tells the hash of the block before. */
export const historyAddress = '0x0000F90827F1C53a10cb7A02335B175320002935'

/**
 * Takes EIP-2935's contract off a chain; without its code a block's beginning leaves it alone, as the EIP says. Anvil computes
 * the state's root anew for each block from every slot of every contract, and this one grows by a slot a block, up to 8191: a
 * block then takes twenty milliseconds in place of two. The opcode BLOCKHASH does not need it.
 */
export const dropHistory = (url: string): Promise<unknown> => rpc(url, 'anvil_setCode', [historyAddress, '0x'])
