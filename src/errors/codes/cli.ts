import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1000 to OL1099: Usage, flags and configuration. */
export const cliErrors = {
} as const satisfies ErrorTable
