import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from '../cli/openledger.js'
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
  build()
  for (const [name, lines] of Object.entries(shapes)) place.lines(`${name}.jsonl`, lines)
  place.lines('questions.jsonl', [
    { prompt: 'What is a ketch?', completion: 'A boat with two masts, the mizzen before the rudder.', tag: 7 },
    { messages: [{ role: 'user', content: 'What is a sloop?' }] },
  ])
})
afterAll(() => place.remove())

describe.each(['prompts', 'messages', 'texts'])('own %s, outside any workspace', (name) => {
  test('train an adapter', () => {
    const { adapter, manifest, steps, trainLoss } = place.data(`train --data ${name}.jsonl --output ${name} ${fast}`)
    expect({ adapter, steps }).toEqual({ adapter: place.path(name), steps: 6 })
    expect(manifest).not.toHaveProperty('datanet')
    expect(manifest.data).toMatchObject({ trained: 4, heldOut: 0 })
    expect(trainLoss.at(-1)).toBeLessThan(trainLoss[0])
  })

  test('and attribute answers, each share to a name', () => {
    const words = `attribute --adapter ${name} --queries questions.jsonl --output ${name}.scores.jsonl --max-tokens 4`
    const { records, attributions, payment } = place.data(words)
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

describe('train', () => {
  const adapter = (folder: string): Buffer => readFileSync(place.path(folder, 'adapter_model.safetensors'))

  test('twice with one seed gives the same bytes', () => {
    place.data(`train --data prompts.jsonl --output again ${fast}`)
    expect(adapter('again')).toEqual(adapter('prompts'))
  })

  test('asks before it replaces a folder; another seed gives other bytes', () => {
    const before = adapter('again')
    const words = `train --data prompts.jsonl --output again ${fast} --seed 1`
    expect(place.failure(words)).toMatchObject({ status: 2, code: 'OL1008' })
    expect(adapter('again')).toEqual(before)
    place.data(`${words} --yes`)
    expect(adapter('again')).not.toEqual(before)
  })

  test('evaluates on a file of its own, and writes to ./adapter of --cwd unless told', () => {
    mkdirSync(place.path('inner'))
    const words = `--cwd ${place.path('inner')} train --data ../prompts.jsonl --eval-data ../messages.jsonl ${fast}`
    const { adapter: folder, evalLoss, plan } = place.data(words)
    expect(folder).toBe(place.path('inner', 'adapter'))
    expect(plan).toMatchObject({ records: 4, heldOut: 4 })
    expect(evalLoss.after).toBeLessThan(evalLoss.before)
  })

  test('names the line that is wrong', () => {
    writeFileSync(place.path('broken.jsonl'), '{"text":"fine"}\n{"text":\n')
    expect(place.failure('train --data broken.jsonl --output b')).toMatchObject({ status: 1, code: 'OL1904' })
    place.lines('shapeless.jsonl', [{ text: 'fine' }, { question: 'which?' }])
    const { code, message } = place.failure('train --data shapeless.jsonl --output b')
    expect({ code, message }).toMatchObject({ code: 'OL1311', message: expect.stringMatching(/line 2/i) })
    expect(place.failure(`train --data prompts.jsonl --output prompts.jsonl ${fast}`)).toMatchObject({ code: 'OL1901' })
    expect(place.failure('train')).toMatchObject({ status: 2, code: 'OL1020' })
  })
})

describe('attribute', () => {
  test('refuses data and adapters that are not those of the training', () => {
    const words = 'attribute --adapter prompts --queries questions.jsonl'
    expect(place.failure(`${words} --data texts.jsonl`)).toMatchObject({ status: 6, code: 'OL1404' })
    place.lines('questions-bad.jsonl', [{ prompt: 'fine?' }, { prompt: ' ' }])
    expect(place.failure('attribute --adapter prompts --queries questions-bad.jsonl')).toMatchObject({ code: 'OL1511' })
    const path = place.path('again', 'adapter_model.safetensors')
    const bytes = readFileSync(path)
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
    writeFileSync(path, bytes)
    const changed = 'attribute --adapter again --queries questions.jsonl'
    expect(place.failure(changed)).toMatchObject({ status: 6, code: 'OL1512' })
  })

  test('--pay wants a workspace', () => {
    const words = 'attribute --adapter prompts --queries questions.jsonl --pay --yes'
    expect(place.failure(words)).toMatchObject({ status: 2, code: 'OL1020' })
  })
})
