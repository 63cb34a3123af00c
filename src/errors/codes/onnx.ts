import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1200 to OL1299: Tensor programs and devices. */
export const onnxErrors = {
} as const satisfies ErrorTable
