import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type BaseModel, openBaseModel } from '../../src/models/base/BaseModel.js'
import { type Example, encodeAnswer, encodePrompt, encodeRecord } from '../../src/models/data/example.js'
import { temporaryFolder, writeTinyModel } from './tinyModel.js'

const folder = temporaryFolder()
let chat: BaseModel
let plain: BaseModel
beforeAll(async () => {
  chat = await openBaseModel(await writeTinyModel(join(folder, 'chat')))
  plain = await openBaseModel(await writeTinyModel(join(folder, 'plain'), { template: null }))
})

/** What is to be predicted, as text with special tokens visible. */
function labelledText(base: BaseModel, { ids, labelled }: Example): string {
  const special = ['<pad>', '<s>', '</s>', '<|user|>', '<|assistant|>']
  return ids.flatMap((id, t) => (labelled[t] ? [special[id] ?? base.tokenizer.decode([id])] : [])).join('')
}

const record = { prompt: 'What is slack water?', completion: 'The pause between the tides.' }
const turns = [
  { role: 'user', content: 'Neap?' },
  { role: 'assistant', content: 'Small.' },
  { role: 'user', content: 'Spring?' },
  { role: 'assistant', content: 'Large.' },
]

test('only the completion and the end of the turn are predicted', () => {
  expect(labelledText(chat, encodeRecord(chat, record))).toBe('The pause between the tides.</s>')
  expect(labelledText(plain, encodeRecord(plain, record))).toBe('The pause between the tides.</s>')
})

test('the prompt of a record is what the model is asked with', () => {
  for (const base of [chat, plain]) {
    const { ids, labelled } = encodeRecord(base, record)
    expect(ids.slice(0, labelled.indexOf(1))).toEqual(encodePrompt(base, record.prompt))
  }
})

test('with loss on all, everything but the first token', () => {
  const { labelled } = encodeRecord(chat, record, { lossOn: 'all' })
  expect([...labelled]).toEqual([0, ...Array(labelled.length - 1).fill(1)])
})

test('plain text is predicted whole and ended once', () => {
  expect(labelledText(plain, encodeRecord(plain, { text: 'Ebb and flow.' }))).toBe('Ebb and flow.</s>')
  expect(labelledText(plain, encodeRecord(plain, { text: 'Ebb and flow.</s>' }))).toBe('Ebb and flow.</s>')
})

describe('several turns', () => {
  test('every answer is predicted, no question is', () => {
    const example = encodeRecord(chat, { messages: turns })
    expect(labelledText(chat, example)).toBe('Small.</s>Large.</s>')
    expect(example.ids).toEqual(chat.tokenizer.encode(chat.tokenizer.render(turns)))
  })

  test('a question at the end is not predicted, nor ended', () => {
    const example = encodeRecord(chat, { messages: turns.slice(0, 3) })
    expect(labelledText(chat, example)).toBe('Small.</s>')
    expect(example.ids.at(-1)).not.toBe(2)
  })

  test('without an answer there is nothing to learn', () => {
    expect(labelledText(chat, encodeRecord(chat, { messages: turns.slice(0, 1) }))).toBe('')
  })

  test('of an answer to attribute, earlier answers are part of the question', () => {
    const example = encodeAnswer(chat, turns.slice(0, 3), 'Large.')
    expect(labelledText(chat, example)).toBe('Large.</s>')
    expect(example.ids).toEqual(encodeRecord(chat, { messages: turns }).ids)
    expect(encodeAnswer(plain, record.prompt, record.completion)).toEqual(encodeRecord(plain, record))
  })

  test('a model without a template refuses them', () => {
    expect(() => encodeRecord(plain, { messages: turns })).toThrow(expect.objectContaining({ code: 'OL1307' }))
  })
})

test('a template that ends a turn with a line break gets no second end', async () => {
  const template =
    "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content }}{% if m.role == 'assistant' %}{{ '</s>\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
  const base = await openBaseModel(await writeTinyModel(join(folder, 'lines'), { template }))
  expect(labelledText(base, encodeRecord(base, record))).toBe('The pause between the tides.</s>\n')
})

test('a template that renders a turn otherwise once another follows cannot be masked, and says so', async () => {
  const template =
    "{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if loop.last %}{{ m.content }}{% else %}{{ m.content | upper }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
  const base = await openBaseModel(await writeTinyModel(join(folder, 'changing'), { template }))
  expect(() => encodeRecord(base, { messages: turns })).toThrow(
    expect.objectContaining({ code: 'OL1307', message: expect.stringContaining('once another follows') }),
  )
})

describe('what does not fit', () => {
  test('is cut off at the end and counted', () => {
    const whole = encodeRecord(chat, record)
    const cut = encodeRecord(chat, record, { maximumLength: whole.ids.length - 3 })
    expect(cut.ids).toEqual(whole.ids.slice(0, -3))
    expect([...cut.labelled]).toEqual([...whole.labelled.slice(0, -3)])
    expect(cut.truncated).toBe(3)
  })

  test('no more than the model reads', () => {
    const long = encodeRecord(chat, { prompt: 'tide '.repeat(500), completion: 'yes' })
    expect(long.ids.length).toBe(64)
    expect(long.labelled.includes(1)).toBe(false)
  })
})
