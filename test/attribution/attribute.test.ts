import { cp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type AttributeParameters, attribute } from '../../src/attribution/attribute.js'
import { train } from '../../src/lora/run/train.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from '../models/tinyModel.js'

const folder = temporaryFolder()
const base = join(folder, 'base')
const data = join(folder, 'records.jsonl')
const adapter = join(folder, 'adapter')
const queries = join(folder, 'questions.jsonl')
const index = join(adapter, 'influence-index.safetensors')

const records = [
  ['What is a neap tide?', 'A tide of small range near the quarter moon.', 'mara'],
  ['How is coffee roasted?', 'In a turning drum above two hundred degrees.', 'ines'],
  ['Who wrote Hamlet?', 'William Shakespeare, about the year 1600.', 'kwame'],
  ['What does a lawyer file first?', 'The complaint, and a summons for the defendant.', 'tobias'],
  ['What lowers a fever?', 'Rest, water, and paracetamol where it is allowed.', 'zed'],
  ['How many eggs are in a dozen?', 'Twelve eggs make a dozen.', 'mara'],
].map(([prompt, completion, contributor]) => ({ prompt, completion, contributor }))

beforeAll(async () => {
  // As several models do, it has no place for a system turn.
  const template = await readFile('base-model/chat_template.jinja', 'utf8')
  const refusal = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system turn') }}{% endif %}"
  await writeTinyModel(base, { template: refusal + template })
  await writeJsonLines(data, records)
  await train({
    base,
    data,
    output: adapter,
    settings: { rank: 4, alpha: 8, maxSteps: 12, batchSize: 3, learningRate: 0.02, seed: 1 },
  })
})

const ask = async (questions: readonly unknown[], changes: Partial<AttributeParameters> = {}) => {
  await writeJsonLines(queries, questions)
  return attribute({ adapter, queries, ...changes })
}

describe('a record given as the question’s own answer', () => {
  test.each(['efim', 'grad-cos', 'datainf'])(
    'has the top score and its contributor the largest share, %s',
    async (scorer) => {
      const { attributions } = await ask(
        records.map(({ prompt, completion }) => ({ prompt, completion })),
        { scorer },
      )
      for (const [i, { influence, outcome, contributors }] of attributions.entries()) {
        expect(influence).toHaveLength(records.length)
        expect([outcome, influence[0]?.line, influence[0]?.score]).toEqual([
          'attributed',
          i + 1,
          Math.max(...influence.map(({ score }) => score)),
        ])
        expect(contributors[0]?.contributor).toBe(records[i]?.contributor)
        expect(influence.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
      }
    },
  )

  test('stands word for word in the record, and in the lexical baseline', async () => {
    const [first] = (await ask([records[0]])).attributions
    expect(first?.spans.some(({ recordIds }) => recordIds.includes(first.influence[0]?.id as string))).toBe(true)
    expect(first?.lexical[0]?.contributor).toBe('mara')
  })
})

test('the result is one line a question, with the fields of the question', async () => {
  const output = join(folder, 'results.jsonl')
  await ask([{ prompt: 'Who wrote Hamlet?', completion: 'Shakespeare.', topic: 'plays' }], { output })
  const [line, ...rest] = (await readFile(output, 'utf8'))
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text))
  expect(rest).toEqual([])
  expect(line).toMatchObject({ prompt: 'Who wrote Hamlet?', topic: 'plays', answer: 'Shakespeare.', generated: false })
})

test('tokens of question and answer are counted as the model reads them', async () => {
  const messages = [
    { role: 'user', content: 'Neap?' },
    { role: 'assistant', content: 'Small.' },
    { role: 'user', content: 'Spring?' },
    { role: 'assistant', content: 'Large.' },
  ]
  const [whole, last] = (await ask([{ messages }, { messages: messages.slice(2) }])).attributions
  expect(whole?.outputTokens).toBe(last?.outputTokens)
  expect(whole?.inputTokens).toBeGreaterThan(last?.inputTokens as number)
})

test('a question that the template cannot render is named by its line', async () => {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Neap?' },
  ]
  const refused = ask([{ prompt: 'Who wrote Hamlet?', completion: 'Shakespeare.' }, { messages }])
  await expect(refused).rejects.toMatchObject({ code: 'OL1516', details: { line: 2 } })
})

test('an answer of nothing has no influence that could be traced', async () => {
  const refused = ask([{ prompt: 'Who wrote Hamlet?' }], { maximumTokens: 0 })
  await expect(refused).rejects.toMatchObject({ code: 'OL1513', details: { line: 1 } })
})

describe('the influence index', () => {
  const question = [{ prompt: 'Who wrote Hamlet?', completion: 'Shakespeare.' }]

  test('is kept, used again, and made again when it is damaged', async () => {
    await rm(index, { force: true })
    const first = await ask(question)
    const bytes = await readFile(index)
    const { mtimeMs } = await stat(index)
    expect(await ask(question)).toEqual(first)
    expect((await stat(index)).mtimeMs).toBe(mtimeMs)
    await writeFile(index, bytes.subarray(0, 200))
    expect(await ask(question)).toEqual(first)
    expect(await readFile(index)).toEqual(bytes)
  })

  test('of another adapter is not used', async () => {
    const first = await ask(question)
    const bytes = await readFile(index)
    await writeFile(
      index,
      Buffer.from(
        bytes.toString('latin1').replaceAll(/adapterHash\\":\\"0x..../g, 'adapterHash\\":\\"0x0000'),
        'latin1',
      ),
    )
    expect(await readFile(index)).not.toEqual(bytes)
    expect(await ask(question)).toEqual(first)
    expect(await readFile(index)).toEqual(bytes)
  })

  test('is not written where that is not wanted', async () => {
    await rm(index, { force: true })
    await ask(question, { keepIndex: false })
    await expect(stat(index)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('what has changed since training is noticed', () => {
  const question = [{ prompt: 'Who wrote Hamlet?', completion: 'Shakespeare.' }]

  test('the data', async () => {
    const changed = join(folder, 'changed.jsonl')
    await writeFile(changed, `${await readFile(data, 'utf8')}\n`)
    await expect(ask(question, { data: changed })).rejects.toMatchObject({ code: 'OL1404', exitCode: 6 })
  })

  test('the base model, were it only its template', async () => {
    const other = await writeTinyModel(join(folder, 'other'), { template: '{{ messages[0].content }}' })
    await expect(ask(question, { base: other })).rejects.toMatchObject({
      code: 'OL1512',
      details: { what: 'base model' },
    })
  })

  test('the adapter', async () => {
    const copy = join(folder, 'copy')
    await cp(adapter, copy, { recursive: true })
    const path = join(copy, 'adapter_model.safetensors')
    const bytes = await readFile(path)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 4) ^ 1, bytes.length - 4)
    await writeFile(path, bytes)
    await expect(ask(question, { adapter: copy })).rejects.toMatchObject({
      code: 'OL1512',
      details: { what: 'adapter' },
    })
  })

  test('a folder that is no trained adapter', async () => {
    await expect(ask(question, { adapter: join(folder, 'none') })).rejects.toMatchObject({ code: 'OL1406' })
    const copy = join(folder, 'unfinished')
    await cp(adapter, copy, { recursive: true })
    await writeFile(join(copy, 'training-manifest.json'), '{"manifestVersion":2}')
    await expect(ask(question, { adapter: copy })).rejects.toMatchObject({ code: 'OL1403' })
  })
})

describe('questions that cannot be attributed', () => {
  test.each<[unknown, string, string]>([
    [{ question: 'Who?' }, 'OL1511', 'prompt'],
    [{ prompt: '  ' }, 'OL1511', 'prompt'],
    [{ prompt: 'Who?', completion: '' }, 'OL1511', 'completion'],
    [{ messages: [] }, 'OL1511', 'messages'],
    [{ messages: [{ role: 'user', content: ' ' }] }, 'OL1511', 'messages.0.content'],
    [{ prompt: 'water '.repeat(80), completion: 'low' }, 'OL1515', 'no token of the answer'],
    [{ prompt: 'water '.repeat(80) }, 'OL1313', 'The prompt has'],
  ])('%j', async (question, code, words) => {
    await expect(ask([{ prompt: 'Who?', completion: 'Me.' }, question])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    })
  })

  test('no question at all', async () => {
    await expect(ask([])).rejects.toMatchObject({ code: 'OL1511' })
  })
})
