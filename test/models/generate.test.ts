import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type BaseModel, openBaseModel } from '../../src/models/base/BaseModel.js'
import { Generator } from '../../src/models/run/generate.js'
import { generateText } from '../../src/models/run/generateText.js'
import { float32Tensor, type TensorData } from '../../src/models/weights/safetensors.js'
import { temporaryFolder, writeTinyModel } from './tinyModel.js'

const folder = temporaryFolder()
const prompt = [1, 3, 40, 41, 4]
let base: BaseModel
let generator: Generator
beforeAll(async () => {
  base = await openBaseModel(await writeTinyModel(join(folder, 'base')))
  generator = new Generator(base, undefined)
})

test('the same prompt gives the same tokens, told one by one', async () => {
  const told: number[] = []
  const options = { maximumTokens: 6, stopTokens: [] }
  const first = await generator.generate(prompt, { ...options, onToken: (id) => told.push(id) })
  expect(first).toEqual({ ids: told, stopped: 'length' })
  expect(first.ids).toHaveLength(6)
  expect(await generator.generate(prompt, options)).toEqual(first)
})

test('a stop token ends the answer and is not part of it', async () => {
  const { ids } = await generator.generate(prompt, { maximumTokens: 6, stopTokens: [] })
  const stop = ids.at(-1) as number
  const cut = await generator.generate(prompt, { maximumTokens: 6, stopTokens: [stop] })
  expect(cut).toEqual({ ids: ids.slice(0, ids.indexOf(stop)), stopped: 'stop-token' })
})

describe('the end of the context', () => {
  test('ends the answer', async () => {
    const long = Array<number>(60).fill(50)
    const { ids, stopped } = await generator.generate(long, { maximumTokens: 100, stopTokens: [] })
    expect([ids.length, stopped]).toEqual([4, 'length'])
  })

  test.each([0, 64, 65, 1000])('a prompt of %i tokens leaves no room', async (tokens) => {
    await expect(
      generator.generate(Array<number>(tokens).fill(50), { maximumTokens: 1, stopTokens: [] }),
    ).rejects.toMatchObject({ code: 'OL1313', details: { tokens, limit: 63 } })
  })
})

test('an abort ends it between two tokens', async () => {
  const abort = new AbortController()
  const started = generator.generate(prompt, {
    maximumTokens: 50,
    stopTokens: [],
    signal: abort.signal,
    onToken: () => abort.abort(),
  })
  await expect(started).rejects.toMatchObject({ name: 'AbortError' })
})

test('weights that are NaN give an error, not a text', async () => {
  const change = (tensors: Map<string, TensorData>): void => {
    tensors.set('model.norm.weight', float32Tensor(new Float32Array(16).fill(Number.NaN), [16]))
  }
  await writeTinyModel(join(folder, 'damaged'), { change })
  const parameters = { base: join(folder, 'damaged'), prompt: 'Tide?', maximumTokens: 4 }
  await expect(generateText(parameters)).rejects.toMatchObject({ code: 'OL1315' })
})

describe('keys and values that are kept', () => {
  const options = { maximumTokens: 12, stopTokens: [] }
  const whole = Array.from({ length: 40 }, (_, i) => 3 + ((i * 37) % 200))

  test('of a beginning that was read before give the same tokens', async () => {
    const fresh = await generator.generate(whole, options)
    for (const known of [whole.slice(0, 30), [...whole.slice(0, 20), 9, 9], whole, [...whole, 5, 6], [7]]) {
      await generator.generate(known, { ...options, maximumTokens: 2 })
      expect(await generator.generate(whole, { ...options, resume: true })).toEqual(fresh)
    }
  })

  test('of more tokens than there was room for: as if all had been read at once', async () => {
    const config = { max_position_embeddings: 1024 }
    const long = new Generator(await openBaseModel(await writeTinyModel(join(folder, 'long'), { config })), undefined)
    const prompt = Array.from({ length: 500 }, (_, i) => 3 + ((i * 37) % 200))
    const { ids } = await long.generate(prompt, { maximumTokens: 20, stopTokens: [] })
    for (const known of [0, 11, 12, 13, 19]) {
      const { ids: rest } = await long.generate([...prompt, ...ids.slice(0, known)], {
        maximumTokens: 1,
        stopTokens: [],
      })
      expect(rest).toEqual([ids[known]])
    }
    await long.dispose()
  })
})

describe('drawn tokens', () => {
  const draw = (seed: number) =>
    generator.generate(prompt, { maximumTokens: 12, stopTokens: [], temperature: 2, topK: 50, seed })

  test('are decided by the seed', async () => {
    expect(await draw(1)).toEqual(await draw(1))
    expect(await draw(1)).not.toEqual(await draw(2))
  })
})

test('the answer ends when its reader says that it is complete', async () => {
  let told = 0
  const { ids, stopped } = await generator.generate(prompt, {
    maximumTokens: 12,
    stopTokens: [],
    onToken: () => told++,
    isComplete: () => told === 3,
  })
  expect([ids.length, stopped]).toEqual([3, 'complete'])
})

test('text is told as it grows, and adds up to the answer', async () => {
  let told = ''
  const { text, inputTokens, outputTokens } = await generateText({
    base: 'base-model',
    prompt: 'What is the capital?',
    maximumTokens: 8,
    onText: (added) => {
      told += added
    },
  })
  expect(text.startsWith(told)).toBe(true)
  expect(text.trim()).not.toBe('')
  expect(inputTokens).toBeGreaterThan(4)
  expect(outputTokens).toBeLessThanOrEqual(8)
})
