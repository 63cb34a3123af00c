import { readFileSync } from 'node:fs'
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readArchitecture } from '../../src/models/architectures/architectures.js'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { Random } from '../../src/models/random.js'
import { openSafetensors } from '../../src/models/weights/safetensors.js'
import { initialWeights } from '../../src/pretraining/initialWeights.js'
import { LanguageModelPrograms } from '../../src/pretraining/LanguageModelPrograms.js'
import { type ModelLayout, modelLayout } from '../../src/pretraining/ModelLayout.js'
import { Muon } from '../../src/pretraining/Muon.js'
import { type PretrainParameters, pretrain } from '../../src/pretraining/pretrain.js'
import { rateFactor } from '../../src/pretraining/trainModel.js'
import { TrainingWindows } from '../../src/pretraining/windows.js'
import { temporaryFolder, tinyConfig } from '../models/tinyModel.js'

const folder = temporaryFolder()
const raw = { ...tinyConfig, vocab_size: 300 }
const network = readArchitecture('tiny', raw)
const layout = modelLayout(network)

describe('the layout of all parameters', () => {
  test('has every tensor once, matrices of one shape together', () => {
    expect(layout.parameters.map(({ name }) => name).slice(-4)).toEqual([
      'model.embed_tokens.weight',
      'model.layers.0.input_layernorm.weight',
      'model.layers.0.post_attention_layernorm.weight',
      'model.norm.weight',
    ])
    expect(layout.groups.map(({ shape }) => shape)).toEqual([
      [2, 16, 16],
      [2, 8, 16],
      [2, 32, 16],
      [1, 16, 32],
    ])
    const end = layout.parameters.reduce((at, { offset, size }) => (offset === at ? at + size : Number.NaN), 0)
    expect(end).toBe(layout.size)
    expect(layout.groups.reduce((sum, { size }) => sum + size, 0)).toBe(layout.matrixSize)
  })

  test('has a head of its own where the embedding is not the head', () => {
    const untied = modelLayout(readArchitecture('tiny', { ...raw, tie_word_embeddings: false }))
    expect(untied.size - layout.size).toBe(300 * 16)
  })
})

describe.each([true, false])('the gradient of all parameters, head tied to the embedding: %s', (tied) => {
  test('is that of finite differences', async () => {
    const model = readArchitecture('tiny', { ...raw, tie_word_embeddings: tied })
    const parameters = modelLayout(model)
    const random = new Random(3)
    const values = initialWeights(parameters, random).map((value) => value + 0.1 * (random.uniform() - 0.5))
    // Few different tokens: most rows of the embedding's gradient are sums.
    const ids = Int32Array.from({ length: 4 * 33 }, () => Math.floor(random.uniform() * 7))
    const windows = { ids, batch: 4 }
    const programs = new LanguageModelPrograms(model, parameters)
    const gradient = new Float32Array(parameters.size)
    const loss = await programs.differentiate(windows, values, gradient)
    expect(loss).toBeCloseTo(await programs.loss(windows, values), 5)
    for (const { name, offset, size } of parameters.parameters) {
      // Along the gradient itself the difference is largest, and no part of it can hide.
      const own = gradient.subarray(offset, offset + size)
      const norm = Math.hypot(...own)
      const epsilon = 0.02 / norm
      const moved = async (sign: 1 | -1): Promise<number> => {
        const at = values.slice()
        for (let i = 0; i < size; i++) at[offset + i] = (at[offset + i] as number) + sign * epsilon * (own[i] as number)
        return programs.loss(windows, at)
      }
      const slope = ((await moved(1)) - (await moved(-1))) / (2 * epsilon)
      expect({ name, ratio: slope / norm ** 2 }).toEqual({ name, ratio: expect.closeTo(1, 1) })
    }
    await programs.dispose()
  })
})

describe('Muon', () => {
  test('moves each matrix by the orthogonalized momentum', async () => {
    const groups = [
      { shape: [2, 3, 5] as const, offset: 0, size: 30 },
      { shape: [1, 6, 2] as const, offset: 30, size: 12 },
    ]
    const shapes: ModelLayout = { parameters: [], groups, matrixSize: 42, size: 42 }
    const random = new Random(5)
    const draw = (): Float32Array => Float32Array.from({ length: 42 }, () => random.uniform() - 0.5)
    const [values, first, second] = [draw(), draw(), draw()]
    const before = values.slice()
    const muon = await Muon.create(shapes, { weightDecay: 0.1, beta: 0.9 }, new Float32Array(42))
    await muon.step(values, first, 0)
    expect(values).toEqual(before)
    await muon.step(values, second, 0.5)
    await muon.dispose()

    const ahead = Array.from(second, (g, i) => {
      const momentum = 0.9 * 0.1 * (first[i] as number) + 0.1 * g
      return 0.9 * momentum + 0.1 * g
    })
    for (const { shape, offset } of groups)
      for (let at = offset; at < offset + shape[0] * shape[1] * shape[2]; at += shape[1] * shape[2]) {
        const update = orthogonalized(ahead.slice(at, at + shape[1] * shape[2]), shape[1], shape[2])
        const rate = 0.5 * Math.sqrt(Math.max(1, shape[1] / shape[2]))
        for (const [i, u] of update.entries())
          expect(values[at + i]).toBeCloseTo((before[at + i] as number) * (1 - 0.05) - rate * u, 4)
      }
  })
})

/** The five steps of Newton and Schulz in double precision, written out. */
function orthogonalized(matrix: readonly number[], rows: number, columns: number): number[] {
  const norm = Math.hypot(...matrix)
  let x = matrix.map((value) => value / norm)
  for (let step = 0; step < 5; step++) {
    const gram = product(x, transposed(x, rows, columns), rows, columns, rows)
    const square = product(gram, gram, rows, rows, rows)
    const polynomial = gram.map((value, i) => -4.775 * value + 2.0315 * (square[i] as number))
    const bent = product(polynomial, x, rows, rows, columns)
    x = x.map((value, i) => 3.4445 * value + (bent[i] as number))
  }
  return x
}
const transposed = (m: readonly number[], rows: number, columns: number): number[] =>
  m.map((_, i) => m[(i % rows) * columns + Math.floor(i / rows)] as number)
const product = (a: readonly number[], b: readonly number[], n: number, k: number, m: number): number[] =>
  Array.from({ length: n * m }, (_, at) => {
    const [i, j] = [Math.floor(at / m), at % m]
    let sum = 0
    for (let l = 0; l < k; l++) sum += (a[i * k + l] as number) * (b[l * m + j] as number)
    return sum
  })

describe('the split into training and held-out text', () => {
  test("shuffles as Python's random.Random", async () => {
    // A script of no types.
    const script = '../../scripts/trainBase/pythonShuffle.js'
    const { pythonShuffle } = (await import(script)) as {
      pythonShuffle: (items: number[], seed: number) => number[]
    }
    const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
    expect(pythonShuffle(upTo(20), 0)).toEqual([10, 18, 16, 14, 0, 17, 11, 2, 3, 9, 5, 7, 4, 19, 6, 15, 8, 1, 13, 12])
    expect(pythonShuffle(upTo(9), 12345)).toEqual([7, 4, 3, 1, 5, 2, 8, 0, 6])
    // More numbers than the generator's state holds.
    const long = pythonShuffle(upTo(3000), 0)
    expect(long.reduce((sum, item, i) => sum + item * i, 0)).toBe(6751874661)
  })
})

describe('the text of a step', () => {
  const stream = Uint16Array.from({ length: 1000 }, (_, i) => i)
  const phases = [
    { steps: 5, batch: 4, length: 10, from: 1, to: 1 },
    { steps: 12, batch: 2, length: 50, from: 0.5, to: 0 },
  ]
  const starts = (windows: TrainingWindows, step: number): number[] => {
    const { ids, batch } = windows.at(step)
    const width = ids.length / batch
    return Array.from({ length: batch }, (_, row) => ids[row * width] as number)
  }

  test('is every piece of the stream once a pass, cut elsewhere in the next', () => {
    const windows = new TrainingWindows(stream, phases, 0)
    const drawn = Array.from({ length: 12 }, (_, i) => starts(windows, 5 + i)).flat()
    const [first, second] = [drawn.slice(0, 18), drawn.slice(18, 24)]
    expect(new Set(first).size).toBe(18)
    expect(new Set(first.map((start) => start % 50)).size).toBe(1)
    expect(new Set(second.map((start) => start % 50)).size).toBe(1)
    expect((first[0] as number) % 50).not.toBe((second[0] as number) % 50)
    expect(windows.at(5).ids).toHaveLength(2 * 51)
  })

  test('depends on the step and the seed alone', () => {
    const inOrder = new TrainingWindows(stream, phases, 0)
    const wanted = [0, 1, 5, 14].map((step) => starts(inOrder, step))
    const backwards = new TrainingWindows(stream, phases, 0)
    expect([14, 5, 1, 0].map((step) => starts(backwards, step)).reverse()).toEqual(wanted)
    expect(starts(new TrainingWindows(stream, phases, 1), 0)).not.toEqual(wanted[0])
  })

  test('is read at rates that rise, then follow each phase', () => {
    const factors = (step: number): number => rateFactor({ ...settings, phases, warmup: 4 }, step)
    expect([0, 1, 3, 4, 5, 11, 16].map(factors)).toEqual([0.25, 0.5, 1, 1, 0.5, 0.25, expect.closeTo(0.5 / 12)])
  })
})

const settings: PretrainParameters['settings'] = {
  phases: [
    { steps: 3, batch: 4, length: 8, from: 1, to: 1 },
    { steps: 5, batch: 2, length: 16, from: 1, to: 0 },
  ],
  warmup: 2,
  matrixLearningRate: 0.02,
  matrixWeightDecay: 0.05,
  momentum: 0.95,
  learningRate: 0.02,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.95,
  maxGradNorm: 1,
  evaluationLength: 16,
  evaluateEvery: 4,
  saveEvery: 2,
  seed: 1,
}
const { documents } = JSON.parse(readFileSync('test/fixtures/pretraining/bpe.json', 'utf8')) as { documents: string[] }
const parameters = (name: string): PretrainParameters => ({
  output: join(folder, name),
  config: raw,
  tokenizer: {
    special: { padding: '<pad>', begin: '<s>', end: '</s>', turns: ['<|user|>', '<|assistant|>'] },
    chatTemplate: '{% for m in messages %}{{ m.content }}{% endfor %}',
    maximumLength: 64,
  },
  documents: { train: documents, held: documents.slice(0, 2) },
  settings,
  threads: 1,
})

describe('a model trained from scratch', () => {
  test('learns, opens as a base model, and has the same bytes when it was stopped and continued', async () => {
    const whole = await pretrain(parameters('whole'))
    const [before, after] = [whole.curve[0], whole.curve.at(-1)]
    expect([before?.[0], after?.[0]]).toEqual([4, 8])
    expect(after?.[2]).toBeLessThan(before?.[2] as number)
    expect(after?.[2]).toBeLessThan(Math.log(300))

    // Once as if the power had gone, once by the signal.
    const crash = (step: number): void => {
      if (step === 5) throw new Error('power')
    }
    await expect(pretrain({ ...parameters('parts'), onStep: ({ step }) => crash(step) })).rejects.toThrow('power')
    const done: number[] = []
    const onPlan = (plan: { readonly done: number }): number => done.push(plan.done)
    const stop = new AbortController()
    const stopping = {
      signal: stop.signal,
      onStep: ({ step }: { readonly step: number }) => step === 5 && stop.abort(),
    }
    const stopped = pretrain({ ...parameters('parts'), ...stopping, onPlan })
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    const steps: number[] = []
    await pretrain({ ...parameters('parts'), onPlan, onStep: ({ step }) => steps.push(step) })
    expect(done).toEqual([4, 5])
    expect(steps).toEqual([6, 7, 8])
    for (const name of await readdir(join(folder, 'whole')))
      expect([name, await readFile(join(folder, 'parts', name))]).toEqual([
        name,
        await readFile(join(folder, 'whole', name)),
      ])
    await expect(access(join(folder, 'parts.checkpoint'))).rejects.toThrow('ENOENT')

    const base = await openBaseModel(join(folder, 'whole'))
    expect(base.tokenizer.vocabularySize).toBe(300)
    const file = await openSafetensors(join(folder, 'whole', 'model.safetensors'))
    expect(new Set([...file.tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(['F16']))
    await expect(pretrain(parameters('whole'))).rejects.toMatchObject({ code: 'OL1902' })
  })

  test('is not continued with other settings', async () => {
    const stop = new AbortController()
    const begun = { ...parameters('other'), signal: stop.signal, onStep: () => stop.abort() }
    await expect(pretrain({ ...begun, settings: { ...settings, saveEvery: 1 } })).rejects.toThrow()
    await expect(pretrain({ ...parameters('other'), settings: { ...settings, seed: 2 } })).rejects.toMatchObject({
      code: 'OL1460',
      message: expect.stringContaining('other settings'),
    })
  })

  test('is not written when it diverges', async () => {
    const diverging = { ...settings, matrixLearningRate: 1e30, learningRate: 1e30 }
    await expect(pretrain({ ...parameters('diverged'), settings: diverging })).rejects.toMatchObject({ code: 'OL1461' })
    await expect(access(join(folder, 'diverged'))).rejects.toThrow('ENOENT')
  })
})
