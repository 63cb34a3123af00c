import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1800 to OL1899: Receipts, epochs and claims. */
export const rewardsErrors = {
} as const satisfies ErrorTable
