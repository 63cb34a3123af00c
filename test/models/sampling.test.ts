import { describe, expect, test } from '@jest/globals'
import { readJson } from '../../src/files/readText.js'
import { drawsTokens, processLogits, Sampler, type SamplingOptions } from '../../src/models/run/sampling.js'

interface Case {
  readonly options: SamplingOptions
  readonly logits: readonly number[]
  readonly ids: readonly number[]
  /** Null where a token is excluded. */
  readonly scores: readonly (number | null)[]
}

const cases = (await readJson('test/fixtures/sampling/cases.json')) as readonly Case[]

test.each(cases.map((each, i) => [i, each.logits.length, JSON.stringify(each.options), each] as const))(
  'case %i, %i logits, %s: as transformers',
  (_, __, ___, { options, logits, ids, scores }) => {
    const found = [...processLogits(Float32Array.from(logits), ids, options)]
    expect(found.map((score) => score !== Number.NEGATIVE_INFINITY)).toEqual(scores.map((score) => score !== null))
    for (const [i, score] of scores.entries()) if (score !== null) expect(found[i]).toBeCloseTo(score, 5)
  },
)

const logits = Float32Array.of(0, 1, 3, 2.5, -1)

describe('the likeliest token', () => {
  test.each<SamplingOptions>([{}, { temperature: 0 }, { temperature: 0, topP: 0.9 }, { topK: 1 }, { seed: 4 }])(
    'is taken with %j',
    (options) => {
      expect(new Sampler(options).next(logits, [])).toBe(2)
    },
  )

  test('the first of equal ones', () => {
    expect(new Sampler().next(Float32Array.of(1, 7, 7), [])).toBe(1)
  })

  test('the repetition penalty counts for it too', () => {
    expect(new Sampler({ repetitionPenalty: 2 }).next(logits, [2])).toBe(3)
  })
})

describe('drawing', () => {
  const draw = (options: SamplingOptions, count: number): number[] => {
    const sampler = new Sampler(options)
    return Array.from({ length: count }, () => sampler.next(logits, []) as number)
  }

  test('a seed decides it', () => {
    expect(draw({ temperature: 1, seed: 3 }, 20)).toEqual(draw({ temperature: 1, seed: 3 }, 20))
    expect(draw({ temperature: 1, seed: 3 }, 20)).not.toEqual(draw({ temperature: 1, seed: 4 }, 20))
  })

  test('frequencies are the probabilities', () => {
    const drawn = draw({ temperature: 1 }, 4000)
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
    for (const [id, logit] of logits.entries()) {
      const part = drawn.filter((each) => each === id).length / drawn.length
      expect(part).toBeCloseTo(Math.exp(logit) / total, 1)
    }
  })

  test('never what is excluded', () => {
    expect(new Set(draw({ topK: 2 }, 200))).toEqual(new Set([2, 3]))
  })

  test('asked for by any of temperature, top-k and top-p', () => {
    expect([{}, { temperature: 0 }, { repetitionPenalty: 2 }].map(drawsTokens)).toEqual([false, false, false])
    expect([{ temperature: 1 }, { topK: 3 }, { topP: 0.5 }].map(drawsTokens)).toEqual([true, true, true])
  })
})

test('a logit that is not a number gives no token', () => {
  expect(new Sampler().next(Float32Array.of(0, Number.NaN), [])).toBeUndefined()
})
