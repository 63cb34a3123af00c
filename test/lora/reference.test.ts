import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { sequenceGradients } from '../../src/attribution/gradients/sequenceGradients.js'
import { readJson } from '../../src/files/readText.js'
import { AdamW, clipGradient } from '../../src/lora/optimizers/AdamW.js'
import { GradientPrograms } from '../../src/lora/step/GradientPrograms.js'
import { adapterConfig } from '../../src/models/adapter/adapterConfig.js'
import { adapterFeeds, adapterInputs, loraLayers } from '../../src/models/adapter/loraLayers.js'
import { labelCount, shapeFor } from '../../src/models/data/batch.js'
import { causalContext } from '../../src/models/layers/causalContext.js'
import { frozenLayers, type Layers } from '../../src/models/layers/Linear.js'
import { Evaluator } from '../../src/models/run/evaluate.js'
import { Generator } from '../../src/models/run/generate.js'
import { openSafetensors } from '../../src/models/weights/safetensors.js'
import type { Value } from '../../src/onnx/graph/Value.js'
import { Program } from '../../src/onnx/runtime/Program.js'
import { architectures, openReference, type Reference, relativeError } from '../fixtures/reference/reference.js'

describe.each(architectures)('%s equals transformers and PEFT', (architecture) => {
  let reference: Reference
  let tokens: number

  beforeAll(async () => {
    reference = await openReference(architecture)
    tokens = reference.examples.reduce((sum, example) => sum + labelCount(example), 0)
  })

  test('logits, with and without the adapter', async () => {
    const { network, adapter, examples, read } = reference
    const { architecture, config, weights } = network
    const ids = Int32Array.from(await read('input_ids'))
    const shape = { batch: examples.length, length: ids.length / examples.length }
    const logits = (layers: Layers): Value =>
      architecture.logits(config, layers, architecture.hidden(config, weights, layers, causalContext(shape)))
    const program = await Program.compile({
      base: logits(frozenLayers(weights)),
      adapted: logits(loraLayers(network, adapter.layout, adapterInputs(adapter.layout))),
    })
    const { base, adapted } = await program.run({ ids, ...adapterFeeds(adapter.layout, adapter.values) })
    await program.dispose()
    // What is computed for padding means nothing, there or here.
    const mask = await read('attention_mask')
    const kept = (x: Float32Array): Float32Array => x.filter((_, i) => mask[Math.floor(i / config.vocabSize)] === 1)
    expect(relativeError(kept(base), kept(await read('base_logits')))).toBeLessThan(1e-5)
    expect(relativeError(kept(adapted), kept(await read('logits')))).toBeLessThan(1e-5)
  })

  test('loss, gradients, and four steps of AdamW with clipping', async () => {
    const { network, adapter, examples, read } = reference
    const programs = new GradientPrograms(network, adapter.layout)
    const shape = shapeFor(examples, examples.length, network.config.maximumLength)
    const values = adapter.values.slice()
    const optimizer = new AdamW(values.length, { weightDecay: 0.01 })
    const losses: number[] = []
    for (let step = 0; step < 4; step++) {
      const into = new Float32Array(values.length)
      losses.push(await programs.accumulate(examples, shape, values, 1 / tokens, into))
      if (step === 0) await expectParameters('grad', into, 1e-5)
      clipGradient(into, 1)
      optimizer.step(values, into, 1e-2)
    }
    await programs.dispose()
    expect(relativeError(losses.slice(0, 1), await read('loss'))).toBeLessThan(1e-5)
    expect(relativeError(losses, await read('adamw_losses'))).toBeLessThan(1e-4)
    await expectParameters('final', values, 1e-3)
  })

  // The first program of a cache lays out its memory otherwise than the others. A resumed training may begin with another.
  test('the same bits, whichever shape was the first', async () => {
    const { network, adapter, examples } = reference
    const { maximumLength } = network.config
    const batches = [examples, examples.slice(0, 1)].map((batch) => ({
      batch,
      shape: shapeFor(batch, batch.length, maximumLength),
    }))
    const compute = async (order: typeof batches): Promise<Map<number, Float32Array>> => {
      const programs = new GradientPrograms(network, adapter.layout)
      const gradients = new Map<number, Float32Array>()
      for (const { batch, shape } of order) {
        const into = new Float32Array(adapter.values.length)
        await programs.accumulate(batch, shape, adapter.values, 1 / tokens, into)
        gradients.set(batch.length, into)
      }
      await programs.dispose()
      return gradients
    }
    const [forwards, backwards] = [await compute(batches), await compute([...batches].reverse())]
    expect(forwards.size).toBe(2)
    for (const [size, gradient] of forwards) expect(gradient).toEqual(backwards.get(size))
  })

  async function expectParameters(kind: string, values: Float32Array, tolerance: number): Promise<void> {
    for (const { name, offset, size } of reference.adapter.layout.parameters) {
      const error = relativeError(values.subarray(offset, offset + size), await reference.read(`${kind}.${name}`))
      expect([name, error < tolerance ? 'near' : error]).toEqual([name, 'near'])
    }
  }

  test('each sequence’s loss and gradient', async () => {
    const { network, adapter, examples, read } = reference
    const { layout, values } = adapter
    const { gradients, losses } = await sequenceGradients(network, layout, values, examples, { batch: examples.length })
    expect(relativeError(losses, await read('sample_loss'))).toBeLessThan(1e-5)
    for (const { name, offset, size } of layout.parameters) {
      const ours = examples.flatMap((_, row) => {
        const start = row * gradients.columns + offset
        return [...gradients.data.subarray(start, start + size)]
      })
      const error = relativeError(ours, await read(`sample_grad.${name}`))
      expect([name, error < 1e-5 ? 'near' : error]).toEqual([name, 'near'])
    }
  })

  test('the adapter’s files', async () => {
    const { folder, adapter } = reference
    const theirs = (await readJson(join(folder, 'adapter/adapter_config.json'))) as Record<string, unknown>
    const { target_modules, base_model_name_or_path, ...ours } = adapterConfig(adapter.layout, { path: 'base' })
    expect(theirs).toMatchObject(ours)
    expect([...(target_modules as string[])].sort()).toEqual([...(theirs['target_modules'] as string[])].sort())
    const { tensors } = await openSafetensors(join(folder, 'adapter/adapter_model.safetensors'))
    const names = adapter.layout.parameters.map(({ name }) => `base_model.model.${name}.weight`)
    expect(names.sort()).toEqual([...tensors.keys()].sort())
  })

  test('greedy continuation', async () => {
    const { network, adapter, expected, read } = reference
    const length = expected.tensors.get('greedy')?.shape[0] as number
    const prompt = [...(await read('input_ids')).subarray(0, 8)]
    const generator = new Generator(network, adapter)
    const { ids } = await generator.generate(prompt, { maximumTokens: length, stopTokens: [] })
    await generator.dispose()
    expect(ids).toEqual([...(await read('greedy'))])
  })
})

describe('however the examples are laid out', () => {
  test('behavior: the gradient does not depend on how the batch is cut', async () => {
    const { network, adapter, examples } = await openReference('llama')
    const tokens = examples.reduce((sum, example) => sum + labelCount(example), 0)
    const programs = new GradientPrograms(network, adapter.layout)
    const whole = new Float32Array(adapter.layout.size)
    const shape = shapeFor(examples, examples.length, network.config.maximumLength)
    await programs.accumulate(examples, shape, adapter.values, 1 / tokens, whole)
    const parts = new Float32Array(adapter.layout.size)
    for (const example of examples)
      await programs.accumulate([example], shapeFor([example], 2, 64), adapter.values, 1 / tokens, parts)
    await programs.dispose()
    expect(relativeError(parts, whole)).toBeLessThan(1e-5)
  })

  test('behavior: an evaluation gives the loss of all, and of each in its place', async () => {
    const { network, adapter, examples, read } = await openReference('llama')
    const evaluator = new Evaluator(network, adapter.layout)
    const evaluation = await evaluator.evaluate(examples, adapter.values)
    await evaluator.dispose()
    expect(evaluation.tokens).toBe(examples.reduce((sum, example) => sum + labelCount(example), 0))
    expect(relativeError([evaluation.loss], await read('loss'))).toBeLessThan(1e-5)
    const records = evaluation.records.map(({ loss }) => loss)
    expect(relativeError(records, await read('sample_loss'))).toBeLessThan(1e-5)
  })
})
