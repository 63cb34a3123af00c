import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { GradientBlock, GradientMatrix, ScoreMatrix } from '../../src/attribution/gradients/GradientMatrix.js'
import { dataInf } from '../../src/attribution/scorers/dataInf.js'
import { efim } from '../../src/attribution/scorers/efim.js'
import { gradCos } from '../../src/attribution/scorers/gradCos.js'
import { gradDot } from '../../src/attribution/scorers/gradDot.js'
import type { Scorer } from '../../src/attribution/scorers/Scorer.js'
import { type ScorerName, scorerNames } from '../../src/attribution/scorers/scorerNames.js'
import { scorerNamed, scorers } from '../../src/attribution/scorers/scorers.js'
import { trak } from '../../src/attribution/scorers/trak.js'
import { type ReferenceCase, referenceCase } from './referenceCase.js'
import { seededRandom } from './seededRandom.js'

/** The largest difference, relative to each answer's largest score: what a ranking or a share can feel. */
function worstError(actual: ScoreMatrix, expected: Float64Array): number {
  let worst = 0
  for (let row = 0; row < actual.rows; row++) {
    const from = row * actual.columns
    const want = expected.subarray(from, from + actual.columns)
    const scale = Math.max(...want.map(Math.abs))
    for (const [i, value] of want.entries())
      worst = Math.max(worst, Math.abs((actual.data[from + i] as number) - value) / scale)
  }
  return worst
}

/** The mean eigenvalue of GᵀG, of which a damping is a multiple. */
function meanEigenvalue({ data, columns }: GradientMatrix): number {
  let sum = 0
  for (const value of data) sum += value * value
  return sum / columns
}

async function exactTrakOfCase1(): Promise<Float64Array> {
  const rows: number[][] = JSON.parse(
    await readFile(new URL('../fixtures/attribution/trak_case_1.json', import.meta.url), 'utf8'),
  )
  return Float64Array.from(rows.flat())
}

describe.each([0, 1, 2])('reference case %i', (index) => {
  let reference: ReferenceCase
  beforeAll(async () => {
    reference = await referenceCase(index)
  })
  const expected = (name: string): Float64Array => reference.expected.get(name) as Float64Array

  test('grad-dot', () => {
    expect(worstError(gradDot.score(reference.train, reference.queries), expected('grad_dot'))).toBeLessThan(1e-12)
  })
  test('grad-cos', () => {
    expect(worstError(gradCos.score(reference.train, reference.queries), expected('grad_cos'))).toBeLessThan(1e-12)
  })
  test('datainf, against explicit inverses', () => {
    expect(worstError(dataInf.score(reference.train, reference.queries), expected('datainf'))).toBeLessThan(1e-9)
  })
  test('datainf of each record on itself', () => {
    const { data, columns } = dataInf.score(reference.train, reference.train)
    const diagonal = Float64Array.from({ length: columns }, (_, i) => data[i * columns + i] as number)
    expect(worstError({ rows: 1, columns, data: diagonal }, expected('self_datainf'))).toBeLessThan(1e-9)
  })
  test.each([0.01, 0.1, 1])('efim at damping %d, against explicit inverses', (damping) => {
    const scores = efim.score(reference.train, reference.queries, { damping })
    const name = damping === 1 ? 'efim_1.0' : `efim_${damping}`
    expect(worstError(scores, expected(name))).toBeLessThan(1e-9)
  })
  test('trak, against an explicit inverse', async () => {
    const damping = 1e-3 / meanEigenvalue(reference.train)
    const scores = trak.score(reference.train, reference.queries, { damping, probabilities: expected('prob') })
    // The float64 inverse of case 1 is itself off by 1.8e-6; see make_exact_trak.py.
    const exact = index === 1 ? await exactTrakOfCase1() : expected('trak')
    expect(worstError(scores, exact)).toBeLessThan(1e-9)
    expect(worstError(scores, expected('trak'))).toBeLessThan(index === 1 ? 2e-6 : 1e-9)
  })
})

const seed = 20260
console.log(`scorers: seed ${seed}`)

function randomMatrix(random: () => number, rows: number, sizes: readonly number[]): GradientMatrix {
  const blocks: GradientBlock[] = []
  let columns = 0
  for (const size of sizes) {
    blocks.push({ name: `block${blocks.length}`, offset: columns, size })
    columns += size
  }
  return { rows, columns, blocks, data: Float32Array.from({ length: rows * columns }, () => random() - 0.5) }
}

const reorder = (matrix: GradientMatrix, order: readonly number[]): GradientMatrix => {
  const data = new Float32Array(order.length * matrix.columns)
  for (const [to, from] of order.entries())
    data.set(matrix.data.subarray(from * matrix.columns, (from + 1) * matrix.columns), to * matrix.columns)
  return { ...matrix, rows: order.length, data }
}

describe.each(Object.keys(scorers) as ScorerName[])('%s', (name) => {
  test('has a default damping if its name is listed as damped, and only then', () => {
    const { defaultDamping }: Scorer = scorers[name]
    expect(defaultDamping !== undefined).toBe(scorerNames[name].damped)
  })

  const { score } = scorers[name]
  // Odd sizes, more columns than a panel, and as many rows as leave one over after tiles of four.
  const random = seededRandom(seed)
  const train = randomMatrix(random, 13, [1037, 3, 514])
  const queries = randomMatrix(random, 5, [1037, 3, 514])

  test('an answer has the same scores alone and among others', () => {
    const together = score(train, queries)
    for (let row = 0; row < queries.rows; row++) {
      const alone = score(train, reorder(queries, [row]))
      expect(worstError(alone, together.data.subarray(row * 13, (row + 1) * 13))).toBeLessThan(1e-12)
    }
  })

  test('the order of the records does not matter', () => {
    const order = [5, 12, 0, 7, 3, 11, 9, 1, 10, 2, 8, 6, 4]
    const straight = score(train, queries)
    const shuffled = score(reorder(train, order), queries)
    const expected = Float64Array.from(
      { length: 65 },
      (_, i) => straight.data[Math.floor(i / 13) * 13 + (order[i % 13] as number)] as number,
    )
    expect(worstError(shuffled, expected)).toBeLessThan(1e-10)
  })

  test('a record scores highest for the answer that is its own text', () => {
    const { data } = score(train, train)
    for (let row = 0; row < 13; row++) {
      const scores = data.subarray(row * 13, (row + 1) * 13)
      expect(scores[row]).toBeGreaterThan(0)
      expect(scores.indexOf(Math.max(...scores))).toBe(row)
    }
  })

  test('a zero gradient and an untouched block score zero, never NaN', () => {
    const data = train.data.slice()
    data.fill(0, 0, train.columns)
    for (let row = 0; row < 13; row++) data.fill(0, row * train.columns, row * train.columns + 1037)
    const scores = score({ ...train, data }, queries).data
    for (let row = 0; row < 5; row++) expect(scores[row * 13]).toBe(0)
    expect(scores.every(Number.isFinite)).toBe(true)
    expect(score({ ...train, data: data.map(() => 0) }, queries).data.every((value) => value === 0)).toBe(true)
  })

  test('NaN in a gradient is named by row and block', () => {
    const data = train.data.slice()
    data[4 * train.columns + 1038] = Number.NaN
    expect(() => score({ ...train, data }, queries)).toThrow(
      expect.objectContaining({ code: 'OL1501', details: { role: 'record', row: 4, block: 'block1' } }),
    )
  })

  test('matrices of different blocks are refused', () => {
    const other = randomMatrix(seededRandom(1), 5, [1036, 4, 514])
    expect(() => score(train, other)).toThrow(expect.objectContaining({ code: 'OL1500' }))
    expect(() => score({ ...train, rows: 12 }, queries)).toThrow(expect.objectContaining({ code: 'OL1500' }))
  })
})

test('ten copies of a record share what one would earn under efim, and multiply it under grad-dot', () => {
  const random = seededRandom(seed)
  const train = randomMatrix(random, 20, [64])
  const queries = reorder(train, [0])
  const copied = reorder(train, [...Array(20).keys(), ...Array(9).fill(0)])
  const total = (name: ScorerName, matrix: GradientMatrix, damping: number): number => {
    const { data } = scorers[name].score(matrix, queries, { damping })
    // The copies are rows 0 and 20 to 28. Divided by n, which efim multiplies by.
    return (
      data.reduce((sum, value, i) => (i === 0 || i >= 20 ? sum + value : sum), 0) / (name === 'efim' ? matrix.rows : 1)
    )
  }
  expect(total('grad-dot', copied, 1) / total('grad-dot', train, 1)).toBeCloseTo(10, 6)
  expect(total('efim', copied, 0.01) / total('efim', train, 0.01)).toBeLessThan(1.1)
})

test.each(['datainf', 'efim', 'trak'] as const)('%s refuses a damping that is not positive', (name) => {
  const matrix = randomMatrix(seededRandom(1), 3, [4])
  for (const damping of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => scorers[name].score(matrix, matrix, { damping })).toThrow(
      expect.objectContaining({ code: 'OL1504', exitCode: 2 }),
    )
})

test('efim refuses a curvature that the damping leaves singular', () => {
  const matrix = reorder(randomMatrix(seededRandom(1), 1, [4]), [0, 0])
  expect(() => efim.score(matrix, matrix, { damping: 1e-18 })).toThrow(expect.objectContaining({ code: 'OL1502' }))
})

test('scorers are found by name, and an unknown name lists them', () => {
  expect(scorerNamed('grad-cos')).toBe(gradCos)
  expect(() => scorerNamed('toString')).toThrow(
    expect.objectContaining({ code: 'OL1503', hint: expect.stringContaining('efim') }),
  )
})
