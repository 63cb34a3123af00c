import { beforeAll, describe, expect, test } from '@jest/globals'
import { AdamW, clipGradient } from '../../src/lora/AdamW.js'
import { GradientPrograms } from '../../src/lora/GradientPrograms.js'
import { labelCount, shapeFor } from '../../src/models/batch.js'
import { Evaluator } from '../../src/models/evaluate.js'
import { Generator } from '../../src/models/generate.js'
import { openReference, type Reference, relativeError } from '../fixtures/reference/reference.js'

describe.each(['llama', 'llama3_rope'])('%s equals transformers and PEFT', (architecture) => {
  let reference: Reference
  let tokens: number

  beforeAll(async () => {
    reference = await openReference(architecture)
    tokens = reference.examples.reduce((sum, example) => sum + labelCount(example), 0)
  })

  test('loss and each sequence’s loss', async () => {
    const { network, adapter, examples, read } = reference
    const evaluation = await new Evaluator(network, adapter.layout).evaluate(examples, adapter.values)
    expect(evaluation.tokens).toBe(tokens)
    expect(relativeError([evaluation.loss], await read('loss'))).toBeLessThan(1e-5)
    const records = evaluation.records.map(({ loss }) => loss)
    expect(relativeError(records, await read('sample_loss'))).toBeLessThan(1e-5)
  })

  test('gradient of every adapter matrix', async () => {
    const { network, adapter, examples, read } = reference
    const into = new Float32Array(adapter.layout.size)
    const shape = shapeFor(examples, examples.length, network.config.maximumLength)
    await new GradientPrograms(network, adapter.layout).accumulate(examples, shape, adapter.values, 1 / tokens, into)
    for (const { name, offset, size } of adapter.layout.parameters)
      expect([name, relativeError(into.subarray(offset, offset + size), await read(`grad.${name}`))]).toEqual([
        name,
        expect.closeTo(0, 4),
      ])
  })

  test('the gradient does not depend on how the batch is cut', async () => {
    const { network, adapter, examples } = reference
    const programs = new GradientPrograms(network, adapter.layout)
    const whole = new Float32Array(adapter.layout.size)
    const shape = shapeFor(examples, examples.length, network.config.maximumLength)
    await programs.accumulate(examples, shape, adapter.values, 1 / tokens, whole)
    const parts = new Float32Array(adapter.layout.size)
    for (const example of examples)
      await programs.accumulate([example], shapeFor([example], 2, 64), adapter.values, 1 / tokens, parts)
    expect(relativeError(parts, whole)).toBeLessThan(1e-5)
  })

  test('four steps of AdamW with clipping: losses and the final adapter', async () => {
    const { network, adapter, examples, read } = reference
    const programs = new GradientPrograms(network, adapter.layout)
    const shape = shapeFor(examples, examples.length, network.config.maximumLength)
    const values = adapter.values.slice()
    const optimizer = new AdamW(values.length, { weightDecay: 0.01 })
    const losses: number[] = []
    for (let step = 0; step < 4; step++) {
      const into = new Float32Array(values.length)
      losses.push(await programs.accumulate(examples, shape, values, 1 / tokens, into))
      clipGradient(into, 1)
      optimizer.step(values, into, 1e-2)
    }
    expect(relativeError(losses, await read('adamw_losses'))).toBeLessThan(1e-4)
    for (const { name, offset, size } of adapter.layout.parameters)
      expect(relativeError(values.subarray(offset, offset + size), await read(`final.${name}`))).toBeLessThan(1e-3)
  })

  test('greedy continuation', async () => {
    const { network, adapter, expected, read } = reference
    const length = expected.tensors.get('greedy')?.shape[0] as number
    const prompt = [...(await read('input_ids')).subarray(0, 8)]
    const { ids } = await new Generator(network, adapter).generate(prompt, { maximumTokens: length, stopTokens: [] })
    expect(ids).toEqual([...(await read('greedy'))])
  })
})
