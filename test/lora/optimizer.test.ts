import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { AdamW, clipGradient } from '../../src/lora/optimizers/AdamW.js'
import { createOptimizer } from '../../src/lora/optimizers/createOptimizer.js'
import { learningRateAt, type Scheduler, stepsOf } from '../../src/lora/settings/schedule.js'
import {
  parseTrainingSettings,
  type TrainingSettings,
  type TrainingSettingsInput,
} from '../../src/lora/settings/settings.js'
import type { AdapterLayout, AdapterParameter } from '../../src/models/adapter/adapterLayout.js'
import { Random } from '../../src/models/random.js'
import { relativeError } from '../fixtures/reference/reference.js'

describe('AdamW', () => {
  // torch 2.13: AdamW([1, -2], lr=0.1, weight_decay=0.1), gradients [0.5, -1], [0.1, 0.2], [0, 0], [-3, 1e-8]
  const expected = [
    [0.89000005, -1.88],
    [0.80079597, -1.81009734],
    [0.73071271, -1.75249386],
    [0.77219111, -1.70261085],
  ]

  test('moves as torch.optim.AdamW does', () => {
    const parameters = Float32Array.of(1, -2)
    const optimizer = new AdamW(2, { weightDecay: 0.1 })
    const gradients = [
      Float32Array.of(0.5, -1),
      Float32Array.of(0.1, 0.2),
      new Float32Array(2),
      Float32Array.of(-3, 1e-8),
    ]
    for (const [i, gradient] of gradients.entries()) {
      optimizer.step(parameters, gradient, 0.1)
      for (const k of [0, 1]) expect(parameters[k]).toBeCloseTo(expected[i]?.[k] as number, 6)
    }
  })

  test('the first step has the size of the learning rate, whatever the gradient’s', () => {
    for (const size of [1e-6, 1, 1e6]) {
      const parameters = Float32Array.of(0)
      new AdamW(1).step(parameters, Float32Array.of(-size), 0.01)
      expect(parameters[0]).toBeCloseTo(0.01, 3)
    }
  })
})

interface OptimizerCases {
  readonly rate: number
  readonly shapes: readonly (readonly number[])[]
  readonly initial: readonly number[]
  readonly gradients: readonly (readonly number[])[]
  readonly cases: readonly {
    readonly name: string
    readonly settings: TrainingSettingsInput
    readonly after: Readonly<Record<string, readonly number[]>>
  }[]
}

const reference = JSON.parse(readFileSync('test/fixtures/training/optimizers.json', 'utf8')) as OptimizerCases
const sides = ['lora_A', 'lora_B', 'lora_magnitude_vector'] as const

/** The layer of the reference, as the layout of an adapter. */
function referenceLayout(): AdapterLayout {
  let offset = 0
  const parameters = reference.shapes.map((shape, i): AdapterParameter => {
    const size = shape.reduce((a, b) => a * b)
    const side = sides[i] as (typeof sides)[number]
    offset += size
    return { name: `proj.${side}`, module: 'proj', side, shape, offset: offset - size, size }
  })
  return { parameters, size: offset } as unknown as AdapterLayout
}

describe('each optimizer steps as torch, transformers and PEFT do', () => {
  const layout = referenceLayout()
  const run = (settings: TrainingSettingsInput, stopAt?: number): Map<number, Float32Array> => {
    const values = Float32Array.from(reference.initial)
    const parsed = parseTrainingSettings(settings)
    let optimizer = createOptimizer(layout, parsed)
    const after = new Map<number, Float32Array>()
    for (const [i, gradient] of reference.gradients.entries()) {
      if (i === stopAt) optimizer = createOptimizer(layout, parsed, structuredClone(optimizer.state))
      optimizer.step(values, Float32Array.from(gradient), reference.rate)
      after.set(i + 1, values.slice())
    }
    return after
  }

  test.each(reference.cases)('$name', ({ settings, after }) => {
    const ours = run(settings)
    for (const [step, theirs] of Object.entries(after))
      expect([step, relativeError(ours.get(Number(step)) as Float32Array, theirs)]).toEqual([
        step,
        expect.closeTo(0, 5),
      ])
    expect(ours.size).toBe(20)
  })

  test.each(reference.cases)('$name resumes from its state to the same bytes', ({ settings }) => {
    expect(run(settings, 7).get(20)).toEqual(run(settings).get(20))
  })

  test('what PEFT and transformers treat by itself: embeddings with LoRA+, and biases, which do not decay', () => {
    const sides = ['lora_embedding_B', 'whole', 'whole'] as const
    const shapes = [[1, 2], [2], [1, 2]] as const
    const parameters = sides.map((side, i): AdapterParameter => {
      const shape = shapes[i] as readonly number[]
      return { name: `m.${side}`, module: 'm', side, shape, offset: 2 * i, size: 2 }
    })
    const settings = {
      optimizer: 'sgd',
      learningRate: 0.1,
      weightDecay: 0.5,
      loraplusLrRatio: 4,
      loraplusLrEmbedding: 0.01,
    }
    const moved = Float32Array.of(1, 1, 1, 1, 1, 1)
    const optimizer = createOptimizer(
      { parameters, size: 6 } as unknown as AdapterLayout,
      parseTrainingSettings(settings as TrainingSettingsInput),
    )
    optimizer.step(moved, new Float32Array(6).fill(1), 0.1)
    // Embeddings: 0.01 * (1 + 0.5). A bias: 0.4 * 1, no decay. A saved matrix: 0.1 * (1 + 0.5).
    const expected = [0.985, 0.985, 0.6, 0.6, 0.85, 0.85]
    for (const [i, value] of moved.entries()) expect(value).toBeCloseTo(expected[i] as number, 6)
  })

  test('a state of another optimizer or adapter is refused', () => {
    const [sgd, adamw] = (['sgd', 'adamw'] as const).map((optimizer) => parseTrainingSettings({ optimizer })) as [
      TrainingSettings,
      TrainingSettings,
    ]
    expect(() => createOptimizer(layout, adamw, createOptimizer(layout, sgd).state)).toThrow('exp_avg')
    const smaller = { ...layout, parameters: layout.parameters.slice(0, 1) }
    expect(() => createOptimizer(layout, adamw, createOptimizer(smaller, adamw).state)).toThrow('12 numbers')
  })
})

describe('clipGradient', () => {
  test('a limit of 0 clips nothing', () => {
    const gradient = Float32Array.of(30, -40)
    expect(clipGradient(gradient, 0)).toBe(50)
    expect(gradient).toEqual(Float32Array.of(30, -40))
  })

  test('scales to the limit and returns the norm before', () => {
    const gradient = Float32Array.of(3, -4)
    expect(clipGradient(gradient, 1)).toBe(5)
    expect(gradient[0]).toBeCloseTo(0.6, 5)
    expect(gradient[1]).toBeCloseTo(-0.8, 5)
  })

  test('leaves a small one as it is', () => {
    const gradient = Float32Array.of(0.3, -0.4)
    clipGradient(gradient, 1)
    expect(gradient).toEqual(Float32Array.of(0.3, -0.4))
  })
})

describe('learningRateAt', () => {
  const rates = (scheduler: Scheduler, warmup: number, steps = 8): number[] =>
    Array.from({ length: steps + 1 }, (_, step) =>
      learningRateAt(step, { scheduler, peak: 4, warmup, decay: 2, steps }),
    )

  test('warms up along a line from nothing', () => {
    expect(rates('constant', 4)).toEqual([0, 1, 2, 3, 4, 4, 4, 4, 4])
  })

  // transformers 5.18: get_scheduler(name, num_warmup_steps, num_training_steps, {num_decay_steps: 4}), lr 2e-4.
  test.each<[Scheduler, number, number, number[]]>([
    ['linear', 3, 12, [0, 6.66666666667e-5, 1.33333333333e-4, 2e-4, 1.77777777778e-4, 1.55555555556e-4]],
    ['linear', 0, 5, [2e-4, 1.6e-4, 1.2e-4, 8e-5, 4e-5]],
    ['cosine', 3, 12, [0, 6.66666666667e-5, 1.33333333333e-4, 2e-4, 1.93969262079e-4, 1.76604444312e-4, 1.5e-4]],
    ['cosine', 0, 5, [2e-4, 1.80901699437e-4, 1.30901699437e-4, 6.90983005625e-5, 1.90983005625e-5]],
    ['warmup_stable_decay', 0, 5, [2e-4, 2e-4, 1.70710678119e-4, 1e-4, 2.92893218813e-5]],
    [
      'warmup_stable_decay',
      3,
      12,
      [
        0, 6.66666666667e-5, 1.33333333333e-4, 2e-4, 2e-4, 2e-4, 2e-4, 2e-4, 2e-4, 1.70710678119e-4, 1e-4,
        2.92893218813e-5,
      ],
    ],
  ])('%s with a warm-up of %i of %i steps has the rates of transformers', (scheduler, warmup, steps, expected) => {
    for (const [step, rate] of expected.entries())
      expect(learningRateAt(step, { scheduler, peak: 2e-4, warmup, decay: 4, steps })).toBeCloseTo(rate, 14)
  })

  test('falls to nothing along a line or half a cosine', () => {
    expect(rates('linear', 4)).toEqual([0, 1, 2, 3, 4, 3, 2, 1, 0])
    const cosine = rates('cosine', 0)
    expect([cosine[0], cosine[8]]).toEqual([4, 0])
    expect(cosine[4]).toBeCloseTo(2, 12)
    expect(cosine[2]).toBeCloseTo(2 + Math.SQRT2, 12)
  })

  test('shares below 1 are rounded up to whole steps', () => {
    expect([stepsOf(0.05, 100), stepsOf(0.05, 101), stepsOf(0, 10), stepsOf(3, 10)]).toEqual([5, 6, 0, 3])
  })

  test('a warm-up longer than the run never leaves the line', () => {
    expect(rates('cosine', 16)).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2])
  })
})

describe('Random', () => {
  const draw = (seed: number, count: number): number[] => {
    const random = new Random(seed)
    return Array.from({ length: count }, () => random.uniform())
  }

  test('the same seed gives the same numbers, another seed others', () => {
    expect(draw(5, 100)).toEqual(draw(5, 100))
    expect(draw(5, 100).filter((value) => draw(6, 100).includes(value))).toEqual([])
  })

  test('the numbers of a seed never change: adapters of before could not be trained again', () => {
    expect(draw(0, 3)).toEqual([0.41675133258104324, 0.010470665525645018, 0.5870561683550477])
  })

  test.each([0, 1, 2 ** 32 - 1])('uniform in [0, 1), seed %i', (seed) => {
    const values = draw(seed, 100_000)
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    const bins = new Array<number>(64).fill(0)
    for (const value of values) (bins[Math.floor(value * 64)] as number)++
    const chiSquare = bins.reduce((sum, count) => sum + (count - 100_000 / 64) ** 2 / (100_000 / 64), 0)
    // 63 degrees of freedom: 0.1 % of honest generators lie above 103.4, as many below 34.
    expect(chiSquare).toBeLessThan(103.4)
    expect(chiSquare).toBeGreaterThan(34)
    // Neighbours are not correlated: the standard error is 1 / sqrt(100,000).
    const products = values.slice(1).map((value, i) => (value - 0.5) * ((values[i] as number) - 0.5) * 12)
    expect(Math.abs(products.reduce((a, b) => a + b, 0) / products.length)).toBeLessThan(0.0125)
  })

  test('shuffling keeps every item and favours no place', () => {
    const random = new Random(1)
    const places = new Array<number>(5).fill(0)
    const sizes = new Set<number>()
    for (let round = 0; round < 5000; round++) {
      const order = random.shuffle([0, 1, 2, 3, 4])
      sizes.add(new Set(order).size)
      ;(places[order.indexOf(0)] as number)++
    }
    expect([...sizes]).toEqual([5])
    for (const count of places) expect(Math.abs(count - 1000)).toBeLessThan(110)
  })
})
