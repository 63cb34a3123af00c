import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1700 to OL1799: The local network. */
export const devnetErrors = {
} as const satisfies ErrorTable
