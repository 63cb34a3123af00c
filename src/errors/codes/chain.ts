import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1600 to OL1699: Networks, accounts and contracts. */
export const chainErrors = {
} as const satisfies ErrorTable
