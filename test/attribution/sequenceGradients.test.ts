import { describe, expect, test } from '@jest/globals'
import { sequenceGradients } from '../../src/attribution/gradients/sequenceGradients.js'
import { openReference, relativeError } from '../fixtures/reference/reference.js'

describe.each(['llama', 'llama3_rope'])('sequenceGradients, %s', (architecture) => {
  test.each([1, 2, 3])('equal PyTorch’s per-sample gradients, %i sequences a run', async (batch) => {
    const { network, adapter, examples, read } = await openReference(architecture)
    const { gradients, losses } = await sequenceGradients(network, adapter.layout, adapter.values, examples, { batch })
    expect(relativeError(losses, await read('sample_loss'))).toBeLessThan(1e-5)
    for (const { name, offset, size } of gradients.blocks) {
      const wanted = await read(`sample_grad.${name}`)
      for (let row = 0; row < gradients.rows; row++) {
        const start = row * gradients.columns + offset
        const ours = gradients.data.subarray(start, start + size)
        expect(relativeError(ours, wanted.subarray(row * size, (row + 1) * size))).toBeLessThan(1e-4)
      }
    }
  })
})

test('gradients that no memory holds are refused with their size', async () => {
  const { network, adapter, examples } = await openReference('llama')
  const layout = { ...adapter.layout, size: 2 ** 50 }
  await expect(sequenceGradients(network, layout, adapter.values, examples)).rejects.toMatchObject({
    code: 'OL1514',
    details: { rows: examples.length, columns: 2 ** 50, gibibytes: examples.length * 2 ** 22 },
  })
})
