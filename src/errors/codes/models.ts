import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1300 to OL1399: Base models, safetensors and tokenizers. */
export const modelsErrors = {
} as const satisfies ErrorTable
