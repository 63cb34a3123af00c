import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1100 to OL1199: Data files, records, contributions and Datanet versions. */
export const datanetErrors = {
} as const satisfies ErrorTable
