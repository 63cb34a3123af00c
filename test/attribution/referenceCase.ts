import { fileURLToPath } from 'node:url'
import type { GradientBlock, GradientMatrix } from '../../src/attribution/gradients/GradientMatrix.js'
import { openSafetensors, readTensor } from '../../src/models/weights/safetensors.js'

export interface ReferenceCase {
  readonly train: GradientMatrix
  readonly queries: GradientMatrix
  /** Float64 reference scores by name, [queries, records]. */
  readonly expected: ReadonlyMap<string, Float64Array>
}

const folder = fileURLToPath(new URL('../fixtures/attribution', import.meta.url))

/** Loads one case of fixtures/attribution/make_attribution_reference.py. */
export async function referenceCase(index: number): Promise<ReferenceCase> {
  const file = await openSafetensors(`${folder}/case_${index}.safetensors`)
  const expected = new Map<string, Float64Array>()
  for (const name of file.tensors.keys()) {
    const { data } = await readTensor(file, name)
    expected.set(name, new Float64Array(data.buffer, data.byteOffset, data.byteLength / 8))
  }
  const gather = (role: string): GradientMatrix => {
    const names = [...file.tensors.keys()].filter((name) => name.startsWith(`${role}.`)).sort()
    const rows = file.tensors.get(names[0] as string)?.shape[0] as number
    const blocks: GradientBlock[] = []
    let columns = 0
    for (const name of names) {
      const size = file.tensors.get(name)?.shape[1] as number
      blocks.push({ name: name.split('.')[1] as string, offset: columns, size })
      columns += size
    }
    const data = new Float64Array(rows * columns)
    for (const { name, offset, size } of blocks) {
      const source = expected.get(`${role}.${name}`) as Float64Array
      for (let row = 0; row < rows; row++)
        data.set(source.subarray(row * size, (row + 1) * size), row * columns + offset)
    }
    return { rows, columns, data, blocks }
  }
  return { train: gather('train'), queries: gather('query'), expected }
}
