import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import type { BaseModel } from '../../src/models/base/BaseModel.js'
import { ChatTemplate } from '../../src/models/chat/jinja/ChatTemplate.js'
import { cutRecord } from '../../src/models/data/segments.js'
import type { Message } from '../../src/records/RecordContent.js'

const fixture = gunzipSync(readFileSync('test/fixtures/chatTemplates.json.gz'))
const { templates, tokens } = JSON.parse(String(fixture)) as {
  readonly templates: Readonly<Record<string, { readonly template: string }>>
  readonly tokens: Readonly<Record<string, string>>
}

function baseOf(source: string): BaseModel {
  const template = new ChatTemplate(source)
  const render = (messages: readonly Message[], { generationPrompt = false } = {}): string =>
    template.render({ ...tokens, messages, tools: null, documents: null, add_generation_prompt: generationPrompt })
  return {
    path: 'here',
    tokenizer: { hasTemplate: true, endText: tokens['eos_token'], render },
  } as unknown as BaseModel
}

const user = (content: string): Message => ({ role: 'user', content })
const assistant = (content: string, more: object = {}): Message => ({ role: 'assistant', content, ...more })
const call = { type: 'function', id: 'abcdefg12', function: { name: 'CAone', arguments: { a: 1 } } }
/** What is learned begins with AN or CA, and nothing else does. */
const conversations: Readonly<Record<string, readonly Message[]>> = {
  turns: [user('QUone'), assistant('ANone'), user('QUtwo'), assistant('ANtwo'), user('QUsix'), assistant('ANsix')],
  system: [{ role: 'system', content: 'SYone' }, user('QUone'), assistant('ANone'), user('QUtwo'), assistant('ANtwo')],
  asked: [user('QUone'), assistant('ANone'), user('QUtwo')],
  'the same answer': [user('QUone'), assistant('ANone'), user('QUtwo'), assistant('ANone')],
  'an empty answer': [user('QUone'), assistant(''), user('QUtwo'), assistant('ANtwo')],
  thoughts: [
    user('QUone'),
    assistant('<think>\nHm\n</think>\n\nANone'),
    user('QUtwo'),
    assistant('<think>\nHm\n</think>\n\nANtwo'),
  ],
  spaces: [user('QUone '), assistant('  ANone \n'), user('QUtwo'), assistant('\n ANtwo  ')],
  tools: [
    user('QUone'),
    assistant('', { tool_calls: [call] }),
    { role: 'tool', content: 'TOone', name: 'CAone', tool_call_id: 'abcdefg12' },
    assistant('ANtwo'),
  ],
  steps: [user('QUone'), assistant('ANone'), assistant('ANtwo'), user('QUtwo'), assistant('ANsix')],
}
const header =
  /<\|im_start\|>|<\|user\|>|\[INST\]|<start_of_turn>|USER:|### (?:User|Instruction|Human)|<\|start_header_id\|>|<｜User｜>/

/** Templates that print no conversation, and those that render the earlier turns of every conversation otherwise. */
const isProbe = (family: string): boolean => family === family.toLowerCase()
const refusing = ['Mistral v3', 'Mistral Nemo', 'Mistral Small', 'Qwen 3', 'QwQ', 'GLM 4', 'Falcon 3']

describe.each(Object.keys(templates).filter((family) => !isProbe(family)))('of %s', (family) => {
  const base = baseOf(templates[family]?.template ?? '')
  const cut = (messages: readonly Message[]): ReturnType<typeof cutRecord>['segments'] | string => {
    try {
      return cutRecord(base, { messages }).segments
    } catch (error) {
      return (error as { code?: string }).code ?? 'no number'
    }
  }

  test.each(Object.keys(conversations))('%s: the answers are learned and nothing else, or it is refused', (name) => {
    const messages = conversations[name] as readonly Message[]
    let whole: string
    try {
      whole = base.tokenizer.render(messages)
    } catch {
      return // The template itself refuses such a conversation.
    }
    const segments = cut(messages)
    if (typeof segments === 'string') {
      expect([segments, refusing.includes(family)]).toEqual(['OL1307', true])
      return
    }
    expect(segments.map(({ text }) => text).join('')).toBe(whole)
    const learned = segments.filter(({ labelled }) => labelled).map(({ text }) => text)
    const given = segments.filter(({ labelled }) => !labelled).map(({ text }) => text)
    expect(learned.join('|')).not.toMatch(/QU|SY|TO[a-z]/)
    expect(given.join('|')).not.toMatch(/AN[a-z]/)
    for (const text of learned) expect(text).not.toMatch(header)
  })
})

test('a cue that begins thoughts takes nothing of an answer that begins alike', () => {
  const base = baseOf(templates['DeepSeek R1']?.template ?? '')
  const { segments } = cutRecord(base, { messages: [user('QUone'), assistant('<b>ANone</b>'), user('QUtwo')] })
  expect(segments.filter(({ labelled }) => labelled)).toEqual([
    { text: '<b>ANone</b><｜end▁of▁sentence｜>', labelled: true },
  ])
})

test('the end of a conversation belongs to its last answer', () => {
  const base = baseOf(templates['Phi 3']?.template ?? '')
  const { segments } = cutRecord(base, { messages: conversations['turns'] ?? [] })
  expect(segments.filter(({ labelled }) => labelled).map(({ text }) => text)).toEqual([
    'ANone<|end|>\n',
    'ANtwo<|end|>\n',
    'ANsix<|end|>\n</s>',
  ])
})
