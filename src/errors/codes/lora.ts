import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1400 to OL1499: Training and adapters. */
export const loraErrors = {
} as const satisfies ErrorTable
