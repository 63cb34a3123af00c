import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Place } from './workspace.js'

const place = new Place()
const facts = [
  ['a sloop', 'A boat with one mast and one headsail.'],
  ['a ketch', 'A boat with two masts, the mizzen before the rudder.'],
  ['a cutter', 'A boat with one mast and two headsails.'],
  ['a yawl', 'A boat with two masts, the mizzen behind the rudder.'],
] as const
/** The same facts in the three shapes that a line can have. */
const shapes = {
  prompts: facts.map(([what, answer]) => ({ prompt: `What is ${what}?`, completion: answer, contributor: what })),
  messages: facts.map(([what, answer]) => ({
    messages: [
      { role: 'user', content: `What is ${what}?` },
      { role: 'assistant', content: answer },
    ],
    contributor: what,
  })),
  texts: facts.map(([what, answer]) => ({ text: `${what}: ${answer}`, contributor: what })),
}
const fast = '--max-steps 6 --learning-rate 0.01'

beforeAll(() => {
  for (const [name, lines] of Object.entries(shapes)) place.lines(`${name}.jsonl`, lines)
  place.lines('questions.jsonl', [
    { prompt: 'What is a ketch?', completion: 'A boat with two masts, the mizzen before the rudder.', tag: 7 },
    { messages: [{ role: 'user', content: 'What is a sloop?' }] },
  ])
})
afterAll(() => place.remove())

describe.each(['prompts', 'messages', 'texts'])('own %s, outside any workspace', (name) => {
  test('train an adapter', async () => {
    const { adapter, manifest, steps, meanTrainLoss } = await place.data(
      `train --data ${name}.jsonl --output ${name} ${fast}`,
    )
    expect({ adapter, steps }).toEqual({ adapter: place.path(name), steps: 6 })
    expect(manifest).not.toHaveProperty('datanet')
    expect(manifest.data).toMatchObject({ trained: 4, heldOut: 0 })
    expect(meanTrainLoss.last.loss).toBeLessThan(meanTrainLoss.first.loss)
  })

  test('and attribute answers, each share to a name', async () => {
    const words = `attribute --adapter ${name} --queries questions.jsonl --output ${name}.scores.jsonl --max-tokens 4`
    const { records, attributions, payment } = await place.data(words)
    expect({ records, payment }).toEqual({ records: 4, payment: null })
    expect(attributions).toMatchObject([
      { line: 1, tag: 7, generated: false },
      { line: 2, generated: true },
    ])
    const lines = readFileSync(place.path(`${name}.scores.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      const { influence, outcome, contributors } = JSON.parse(line)
      expect(influence).toHaveLength(4)
      const total = influence.reduce((sum: number, { share }: { share: number }) => sum + share, 0)
      expect(total).toBeCloseTo(outcome === 'attributed' ? 1 : 0, 9)
      for (const { contributor } of contributors) expect(facts.map(([what]) => what)).toContain(contributor)
    }
    const [first] = lines.map((line) => JSON.parse(line))
    expect(first.influence[0].contributor).toBe('a ketch')
  })
})

test('attribute replaces a file only when somebody agrees, and asks before it computes anything', async () => {
  writeFileSync(place.path('mine.jsonl'), 'mine')
  // Of an adapter that is not there: the question comes first.
  const words = 'attribute --adapter nowhere --queries questions.jsonl --output mine.jsonl'
  expect(await place.failure(words)).toMatchObject({
    status: 2,
    code: 'OL1008',
    message: expect.stringContaining('mine.jsonl'),
  })
  expect(readFileSync(place.path('mine.jsonl'), 'utf8')).toBe('mine')
  const agreed = 'attribute --adapter prompts --queries questions.jsonl --output mine.jsonl --max-tokens 4 --yes'
  await place.data(agreed)
  expect(readFileSync(place.path('mine.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(2)
})

test.each(['questions.jsonl', 'prompts.jsonl'])('attribute never replaces %s, which it reads', async (name) => {
  const before = readFileSync(place.path(name))
  const words = `attribute --adapter prompts --queries questions.jsonl --output ${name} --yes`
  expect(await place.failure(words)).toMatchObject({
    status: 2,
    code: 'OL1006',
    message: expect.stringContaining(name),
  })
  expect(readFileSync(place.path(name))).toEqual(before)
})

describe('train', () => {
  const adapter = (folder: string): Buffer => readFileSync(place.path(folder, 'adapter_model.safetensors'))

  test('twice with one seed gives the same bytes', async () => {
    await place.data(`train --data prompts.jsonl --output again ${fast}`)
    expect(adapter('again')).toEqual(adapter('prompts'))
  })

  test('asks before it replaces a folder; another seed gives other bytes', async () => {
    const before = adapter('again')
    const words = `train --data prompts.jsonl --output again ${fast} --seed 1`
    expect(await place.failure(words)).toMatchObject({ status: 2, code: 'OL1008' })
    expect(adapter('again')).toEqual(before)
    await place.data(`${words} --yes`)
    expect(adapter('again')).not.toEqual(before)
  })

  test('evaluates on a file of its own, and writes to ./adapter of --cwd unless told', async () => {
    mkdirSync(place.path('inner'))
    const words = `--cwd ${place.path('inner')} train --data ../prompts.jsonl --eval-data ../messages.jsonl ${fast}`
    const { adapter: folder, evalLoss, plan } = await place.data(words)
    expect(folder).toBe(place.path('inner', 'adapter'))
    expect(plan).toMatchObject({ records: 4, heldOut: 4 })
    expect(evalLoss.after).toBeLessThan(evalLoss.before)
  })

  test('names the line that is wrong', async () => {
    writeFileSync(place.path('broken.jsonl'), '{"text":"fine"}\n{"text":\n')
    expect(await place.failure('train --data broken.jsonl --output b')).toMatchObject({ status: 1, code: 'OL1904' })
    place.lines('shapeless.jsonl', [{ text: 'fine' }, { question: 'which?' }])
    const { code, message } = await place.failure('train --data shapeless.jsonl --output b')
    expect({ code, message }).toMatchObject({ code: 'OL1311', message: expect.stringMatching(/line 2/i) })
    expect(await place.failure(`train --data prompts.jsonl --output prompts.jsonl ${fast}`)).toMatchObject({
      code: 'OL1901',
    })
    expect(await place.failure('train')).toMatchObject({ status: 2, code: 'OL1020' })
  })
})

describe('attribute', () => {
  test('refuses data and adapters that are not those of the training', async () => {
    const words = 'attribute --adapter prompts --queries questions.jsonl'
    expect(await place.failure(`${words} --data texts.jsonl`)).toMatchObject({ status: 6, code: 'OL1404' })
    place.lines('questions-bad.jsonl', [{ prompt: 'fine?' }, { prompt: ' ' }])
    expect(await place.failure('attribute --adapter prompts --queries questions-bad.jsonl')).toMatchObject({
      code: 'OL1511',
    })
    const path = place.path('again', 'adapter_model.safetensors')
    const bytes = readFileSync(path)
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
    writeFileSync(path, bytes)
    const changed = 'attribute --adapter again --queries questions.jsonl'
    expect(await place.failure(changed)).toMatchObject({ status: 6, code: 'OL1512' })
  })

  test('--pay wants a workspace', async () => {
    const words = 'attribute --adapter prompts --queries questions.jsonl --pay --yes'
    expect(await place.failure(words)).toMatchObject({ status: 2, code: 'OL1020' })
  })
})

test.each([
  ['two prompts', 'One --prompt Two'],
  ['an empty prompt', '--prompt-file empty.txt'],
])('%s are no question to generate from', async (_, words) => {
  writeFileSync(place.path('empty.txt'), '\n')
  expect(await place.failure(`model generate ${words}`)).toMatchObject({ status: 2, code: 'OL1040' })
})

test('a folder has no revisions to choose from', async () => {
  const failure = await place.failure('model generate One --base folder --revision main')
  expect(failure).toMatchObject({ status: 2, code: 'OL1330' })
})
