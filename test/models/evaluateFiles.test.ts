import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { encodeRecord } from '../../src/models/data/example.js'
import { Evaluator } from '../../src/models/run/evaluate.js'
import { evaluateFiles } from '../../src/models/run/evaluateFiles.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from './tinyModel.js'

const folder = temporaryFolder()
const base = join(folder, 'base')
const [one, two] = [join(folder, 'one.jsonl'), join(folder, 'two.jsonl')]
const tide = { prompt: 'What is a spring tide?', completion: 'The largest tide.' }
const long = { prompt: 'deep water '.repeat(40), completion: 'Never read.' }
const text = { text: 'A ketch has two masts.' }

beforeAll(async () => {
  await writeTinyModel(base)
  await writeJsonLines(one, [text, long, tide])
  await writeJsonLines(two, [tide])
})

test('every record keeps its place, and the whole is weighed by tokens', async () => {
  const told: [number, number][] = []
  const { loss, perplexity, tokens, files } = await evaluateFiles({
    base,
    data: [one, two],
    onProgress: (done, total) => told.push([done, total]),
  })
  const opened = await openBaseModel(base)
  const alone = async (content: typeof tide | typeof text) => {
    const { records } = await new Evaluator(opened, undefined).evaluate([encodeRecord(opened, content)])
    return records[0] as { loss: number; tokens: number }
  }
  const [t, x] = [await alone(tide), await alone(text)]
  expect(files.map(({ path, tokens: n, records }) => ({ path, n, counts: records.map((r) => r.tokens) }))).toEqual([
    { path: one, n: t.tokens + x.tokens, counts: [x.tokens, 0, t.tokens] },
    { path: two, n: t.tokens, counts: [t.tokens] },
  ])
  const [first] = files
  expect(first?.records[0]?.loss).toBeCloseTo(x.loss, 5)
  expect(first?.records[1]?.loss).toBeNull()
  expect(first?.truncatedTokens).toBeGreaterThan(0)
  expect(files[1]?.loss).toBeCloseTo(t.loss, 5)
  expect(tokens).toBe(2 * t.tokens + x.tokens)
  expect(loss).toBeCloseTo((2 * t.tokens * t.loss + x.tokens * x.loss) / tokens, 5)
  expect(perplexity).toBeCloseTo(Math.exp(loss), 9)
  expect(told.at(-1)).toEqual([4, 4])
})

test('nothing to evaluate is an error', async () => {
  await expect(evaluateFiles({ base, data: [two], maximumLength: 3 })).rejects.toMatchObject({ code: 'OL1337' })
})

test('it can be stopped', async () => {
  const signal = AbortSignal.abort()
  await expect(evaluateFiles({ base, data: [two], signal })).rejects.toMatchObject({ name: 'AbortError' })
})
