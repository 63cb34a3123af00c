import type { SavedHeader } from '../../devnet/state/savedChains.js'

/** What `devnet snapshot` tells of saved chains with --json. */
export const savedData = ({ savedAt, anvilVersion, l1, l2 }: SavedHeader) => ({
  savedAt,
  anvilVersion,
  l1: { blockNumber: l1.blockNumber, blockHash: l1.blockHash },
  l2: { blockNumber: l2.blockNumber, blockHash: l2.blockHash },
})

export const describeSaved = ({ l1, l2 }: SavedHeader): string =>
  `block ${l1.blockNumber} of the L1, block ${l2.blockNumber} of the L2`
