import type { Address } from 'viem'

/** Contracts that every OP chain has from its first block. */
export const l1BlockAddress: Address = '0x4200000000000000000000000000000000000015'
export const messagePasserAddress: Address = '0x4200000000000000000000000000000000000016'
export const wrappedOpenAddress: Address = '0x4200000000000000000000000000000000000006'
export const gasPriceOracleAddress: Address = '0x420000000000000000000000000000000000000F'
/** The coinbase of L2 blocks, which receives the tips. Base fees go to 0x42…19. Neither address has code here. */
export const sequencerFeeVault: Address = '0x4200000000000000000000000000000000000011'
/** Address of Multicall3 on both layers, the same as on every chain. */
export const multicall3Address: Address = '0xcA11bde05977b3631167028862bE2a173976CA11'

/** The account of the protocol, which sends the attributes of L1 blocks and the name of the coin. Nobody has its key. */
export const depositorAccount: Address = '0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001'

/**
 * The account that proposes the L2's outputs on the L1 and deletes wrong ones: the first twenty bytes of
 * keccak256("openledger devnet proposer"). Nobody has its key, and the L1's node sends for it.
 */
export const proposerAccount: Address = '0xD1E9FC3aE53fa59a0f5Ef38466dB017E0C4BA10b'
