/** Elements that share a scale; ONNX Runtime's own tools use the same number. */
export const quantizationBlock = 32

interface Quantized {
  readonly elements: Int8Array
  /** One scale per block, in the layout of the matrix. */
  readonly scales: Float32Array
}

/**
 * Quantizes a matrix symmetrically to integers, rounded to nearest, with one scale per block along one axis. In int4 the
 * element of the largest magnitude becomes -8, whatever its sign: scales may be negative, and all sixteen integers are
 * used.
 *
 * @param axis the axis along which blocks run
 */
export function quantizeBlocks(
  data: Float32Array,
  [rows, columns]: readonly [number, number],
  axis: 0 | 1,
  to: 'int8' | 'int4',
): Quantized {
  const elements = new Int8Array(data.length)
  const [lines, length] = axis === 1 ? [rows, columns] : [columns, rows]
  const blocks = Math.ceil(length / quantizationBlock)
  const scales = new Float32Array(lines * blocks)
  // Neighbours in a block are `step` elements apart, lines `stride` elements.
  const [step, stride] = axis === 1 ? [1, columns] : [columns, 1]
  for (let line = 0; line < lines; line++)
    for (let block = 0; block < blocks; block++) {
      const first = block * quantizationBlock
      const end = Math.min(first + quantizationBlock, length)
      let largest = 0
      for (let i = first; i < end; i++) {
        const x = data[line * stride + i * step] as number
        if (Math.abs(x) > Math.abs(largest)) largest = x
      }
      const at = axis === 1 ? line * blocks + block : block * lines + line
      const scale = Math.fround(to === 'int4' ? largest / -8 : Math.abs(largest) / 127)
      if (scale === 0) continue
      scales[at] = scale
      const [low, high] = to === 'int4' ? [-8, 7] : [-127, 127]
      for (let i = first; i < end; i++) {
        const index = line * stride + i * step
        elements[index] = Math.max(low, Math.min(high, Math.round((data[index] as number) / scale)))
      }
    }
  return { elements, scales }
}

/** Packs two elements per byte, low nibble first, as ONNX stores int4. */
export function packInt4(elements: Int8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(elements.length / 2))
  for (let i = 0; i < elements.length; i++)
    packed[i >> 1] = (packed[i >> 1] as number) | (((elements[i] as number) & 15) << (i % 2 === 0 ? 0 : 4))
  return packed
}
