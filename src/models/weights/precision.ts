/** Arithmetic of products with frozen weights. */
export const computes = ['float32', 'int8'] as const
export type Compute = (typeof computes)[number]

/** Element types that a frozen base can be quantized to. */
export const quantizations = ['int8', 'int4'] as const
export type Quantization = (typeof quantizations)[number]
