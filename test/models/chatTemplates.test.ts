import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { BaseModel } from '../../src/models/base/BaseModel.js'
import { ChatTokenizer } from '../../src/models/chat/ChatTokenizer.js'
import { type Example, encodeAnswer, encodePrompt, encodeRecord } from '../../src/models/data/example.js'
import type { LossOn } from '../../src/models/data/segments.js'
import type { Message } from '../../src/records/RecordContent.js'
import { temporaryFolder } from './tinyModel.js'

const folder = temporaryFolder()

/** Templates with the forms of turns that these families have, and their special tokens. */
const families = {
  chatml: {
    special: ['<|im_start|>', '<|im_end|>', '<|endoftext|>'],
    end: '<|im_end|>',
    template: `{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`,
  },
  llama3: {
    special: ['<|begin_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
    end: '<|eot_id|>',
    template: `{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' + m.content | trim + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}`,
  },
  gemma: {
    special: ['<bos>', '<eos>', '<start_of_turn>', '<end_of_turn>'],
    end: '<end_of_turn>',
    template: `{{ bos_token }}{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\\n' + m.content | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}`,
  },
  mistral: {
    special: ['<s>', '</s>', '[INST]', '[/INST]'],
    end: '</s>',
    template: `{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}{% else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}`,
  },
  // The last answer gets thoughts, empty ones if it has none; those of earlier answers are dropped.
  qwen3: {
    special: ['<|im_start|>', '<|im_end|>', '<think>', '</think>', '<tool_call>', '</tool_call>'],
    end: '<|im_end|>',
    template: `{% set ns = namespace(last=0) %}{% for m in messages %}{% if m.role == 'user' %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}{% for m in messages %}{% if m.role == 'assistant' %}{% set parts = m.content.split('</think>') %}{% set thought = parts[0].split('<think>')[-1].strip('\\n') if '</think>' in m.content else '' %}{{ '<|im_start|>assistant\\n' }}{% if loop.index0 > ns.last and (loop.last or thought) %}{{ '<think>\\n' + thought + '\\n</think>\\n\\n' }}{% endif %}{{ parts[-1].lstrip('\\n') }}{% for call in m.tool_calls or [] %}{{ '<tool_call>' + call.function | tojson + '</tool_call>' }}{% endfor %}{{ '<|im_end|>\\n' }}{% else %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`,
  },
} as const
type Family = keyof typeof families

/** The characters that stand for bytes in byte-level tokenizers. */
function byteCharacters(): string[] {
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173)
    return String.fromCodePoint(printable ? byte : next++)
  })
}

/** A tokenizer of single bytes with the family's special tokens; Mistral's puts a space in front of every text. */
function tokenizerJson(family: Family): object {
  const { special } = families[family]
  const spaced = family === 'mistral'
  const bytes = spaced
    ? ['▁', ...Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`)]
    : byteCharacters()
  const words = spaced ? [...bytes, ...Array.from({ length: 94 }, (_, i) => String.fromCodePoint(33 + i))] : bytes
  return {
    version: '1.0',
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: spaced
      ? {
          type: 'Sequence',
          normalizers: [
            { type: 'Prepend', prepend: '▁' },
            { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
          ],
        }
      : null,
    pre_tokenizer: spaced ? null : { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    post_processor: null,
    decoder: spaced
      ? {
          type: 'Sequence',
          decoders: [
            { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
            { type: 'ByteFallback' },
            { type: 'Fuse' },
          ],
        }
      : { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries([...special, ...words].map((token, id) => [token, id])),
      merges: [],
      byte_fallback: spaced,
    },
  }
}

async function openFamily(family: Family, hasTemplate = true): Promise<BaseModel> {
  const { special, end, template } = families[family]
  const path = join(folder, `${family}-${hasTemplate}`)
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'tokenizer.json'), JSON.stringify(tokenizerJson(family)))
  // Gemma's eos_token is not what ends its turns; config.json lists both.
  const tokens = { bos_token: special[0], eos_token: family === 'gemma' ? '<eos>' : end }
  const config = { ...tokens, ...(hasTemplate && { chat_template: template }) }
  await writeFile(join(path, 'tokenizer_config.json'), JSON.stringify(config))
  const endTokens = family === 'gemma' ? [1, 3] : []
  return {
    path,
    tokenizer: await ChatTokenizer.open(path),
    config: { endTokens, maximumLength: 4096 },
  } as unknown as BaseModel
}

const bases = {} as Record<Family, BaseModel>
beforeAll(async () => {
  for (const family of Object.keys(families) as Family[]) bases[family] = await openFamily(family)
})

const question = { role: 'user', content: 'Neap?' }
const turns: readonly Message[] = [
  question,
  { role: 'assistant', content: 'Small.' },
  { role: 'user', content: 'Spring?' },
  { role: 'assistant', content: 'Large.' },
]

/** The text of the labelled tokens, a bar between what does not stand together. */
function learned(family: Family, { ids, labelled }: Example): string {
  const { special } = families[family]
  const parts: string[] = []
  for (const [t, id] of ids.entries()) {
    if (!labelled[t]) continue
    if (!labelled[t - 1] && parts.length > 0) parts.push('|')
    parts.push(special[id] ?? bases[family].tokenizer.decode([id]))
  }
  return parts.join('')
}
const encode = (family: Family, messages: readonly Message[], lossOn: LossOn = 'completion'): Example =>
  encodeRecord(bases[family], { messages }, { lossOn })

describe('every answer with its end, and nothing else, is learned', () => {
  test.each<[Family, string]>([
    ['chatml', 'Small.<|im_end|>\n|Large.<|im_end|>\n'],
    ['llama3', 'Small.<|eot_id|>|Large.<|eot_id|>'],
    ['gemma', 'Small.<end_of_turn>\n|Large.<end_of_turn>\n'],
    // Its tokenizer puts a space in front of whatever follows a special token.
    ['mistral', '  Small.</s>|  Large.</s>'],
    ['qwen3', 'Small.<|im_end|>\n|<think>\n\n</think>\n\nLarge.<|im_end|>\n'],
  ])('%s', (family, text) => {
    const example = encode(family, turns)
    expect(learned(family, example)).toBe(text)
    // Cut at the borders, the tokens are still those of the whole.
    const { tokenizer } = bases[family]
    expect(example.ids).toEqual(tokenizer.encode(tokenizer.render(turns)))
    // What comes before the answer is what the model is asked with.
    const single = encode(family, turns.slice(0, 2))
    expect(single.ids.slice(0, single.labelled.indexOf(1))).toEqual(encodePrompt(bases[family], [question]))
  })
})

describe.each(Object.keys(families) as Family[])('%s', (family) => {
  const { end } = families[family]

  test('learns every token but the first with loss on all', () => {
    const { labelled } = encode(family, turns, 'all')
    expect([...labelled]).toEqual([0, ...Array(labelled.length - 1).fill(1)])
  })

  test('of a prompt of turns learns the completion, or all of the assistant', () => {
    const content = { prompt: turns.slice(0, 3), completion: turns.slice(3) }
    expect(learned(family, encodeRecord(bases[family], content))).toMatch(/Large\./)
    expect(learned(family, encodeRecord(bases[family], content))).not.toMatch(/Small\./)
    const assistant = encodeRecord(bases[family], content, { lossOn: 'assistant' })
    expect(learned(family, assistant)).toBe(learned(family, encode(family, turns)))
  })

  test('leaves out a turn that is not to be trained', () => {
    for (const mark of [{ train: false }, { weight: 0 }]) {
      const [first, answer, ...rest] = turns as [Message, Message, ...Message[]]
      expect(learned(family, encode(family, [first, { ...answer, ...mark }, ...rest]))).not.toContain('Small.')
    }
  })

  test('of an answer to attribute learns that answer', () => {
    const example = encodeAnswer(bases[family], turns.slice(0, 3), 'Large.')
    expect(learned(family, example)).toMatch(/Large\./)
    expect(learned(family, example)).not.toMatch(/Small\./)
    expect(example.ids).toEqual(encode(family, turns).ids)
  })

  test('tells of an end that is cut off', () => {
    const whole = encode(family, turns)
    const cut = encodeRecord(bases[family], { messages: turns }, { maximumLength: whole.ids.length - 3 })
    expect([whole.lostEnd, cut.lostEnd, cut.truncated]).toEqual([false, true, 3])
    // Of a question at the end nothing was to be learned.
    const asked = encode(family, turns.slice(0, 3))
    const shorter = { maximumLength: asked.ids.length - 1 }
    expect(encodeRecord(bases[family], { messages: turns.slice(0, 3) }, shorter).lostEnd).toBe(false)
    expect(learned(family, asked).endsWith(end) || learned(family, asked).endsWith(`${end}\n`)).toBe(true)
  })
})

describe('qwen3', () => {
  test('an earlier answer is learned as its history shows it: without its thoughts', () => {
    const thinking = turns.map((turn) =>
      turn.role === 'assistant' ? { ...turn, content: `<think>\nHmm.\n</think>\n\n${turn.content}` } : turn,
    )
    expect(learned('qwen3', encode('qwen3', thinking))).toBe(
      'Small.<|im_end|>\n|<think>\nHmm.\n</think>\n\nLarge.<|im_end|>\n',
    )
  })

  test('calls of tools are learned, their results are not', () => {
    const call = { type: 'function', function: { name: 'height', arguments: {} } }
    const messages = [
      question,
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', content: '3 m' },
      { role: 'assistant', content: 'Three metres.' },
    ]
    expect(learned('qwen3', encode('qwen3', messages))).toBe(
      '<tool_call>{"name": "height", "arguments": {}}</tool_call><|im_end|>\n|<think>\n\n</think>\n\nThree metres.<|im_end|>\n',
    )
  })
})

describe('alpaca', () => {
  const task = { instruction: 'Name the tide.', input: 'At new moon.', output: 'Spring.' }

  test('is a conversation where the model has a template', () => {
    const example = encodeRecord(bases.chatml, { ...task, system: 'Be brief.', history: [['Hi', 'Ahoy']] })
    expect(bases.chatml.tokenizer.decode(example.ids)).toBe(
      'system\nBe brief.\nuser\nHi\nassistant\nAhoy\nuser\nName the tide.\n\nAt new moon.\nassistant\nSpring.\n',
    )
    expect(learned('chatml', example)).toBe('Spring.<|im_end|>\n')
  })

  test('has the words of its authors where it has none', async () => {
    const base = await openFamily('mistral', false)
    const { ids, labelled } = encodeRecord(base, { ...task, history: [['Hi', 'Ahoy']] }, { lossOn: 'assistant' })
    expect(base.tokenizer.decode(ids).trim()).toBe(
      'Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\nHi\n\n### Response:\nAhoy\n\n### Instruction:\nName the tide.\n\n### Input:\nAt new moon.\n\n### Response:\nSpring.',
    )
    expect(learned('mistral', { ids, labelled, truncated: 0, lostEnd: false })).toBe('Ahoy|Spring.</s>')
  })
})

test('a text that continues gets no space in front, though the tokenizer gives one to any text', async () => {
  const base = await openFamily('mistral', false)
  const { ids } = encodeRecord(base, { prompt: 'Half', completion: 'tide' })
  expect(base.tokenizer.decode(ids)).toBe(' Halftide')
  expect(base.tokenizer.decode(base.tokenizer.encode('tide'))).toBe(' tide')
})

test('plain text has no assistant to learn from', () => {
  expect(encodeRecord(bases.chatml, { text: 'Ebb.' }, { lossOn: 'assistant' }).labelled).not.toContain(1)
})
