import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1500 to OL1599: Influence, spans and shares. */
export const attributionErrors = {
} as const satisfies ErrorTable
