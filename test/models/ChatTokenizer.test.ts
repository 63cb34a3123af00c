import { copyFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { ChatTokenizer } from '../../src/models/chat/ChatTokenizer.js'
import { temporaryFolder, writeTinyModel } from './tinyModel.js'

const conversation = [
  { role: 'user', content: 'What is a spring tide?' },
  { role: 'assistant', content: 'The largest tide.' },
  { role: 'user', content: 'And a neap?' },
  { role: 'assistant', content: 'The smallest.' },
]

describe('the bundled tokenizer gives the ids of transformers 5.18', () => {
  let tokenizer: ChatTokenizer
  beforeAll(async () => {
    tokenizer = await ChatTokenizer.open('base-model')
  })

  test.each([
    ['The tide turns at noon.', [1, 332, 262, 674, 262, 348, 619, 429, 531, 280, 19]],
    ['naïve café 🙂', [1, 1891, 133, 113, 320, 277, 1326, 133, 108, 226, 178, 259, 253, 230]],
    ['  two  spaces , kept .', [1, 226, 657, 226, 428, 1993, 226, 17, 463, 703, 89, 1235]],
    ['</s> inside', [1, 2, 1297, 674]],
  ])('%j', (text, ids) => {
    expect(tokenizer.encode(text, { special: true })).toEqual(ids)
    expect(tokenizer.encode(text)).toEqual(ids.slice(1))
    expect(tokenizer.decode(ids)).toBe(text.replace('</s>', ''))
  })

  test('a conversation by its template', () => {
    expect(tokenizer.encode(tokenizer.render(conversation))).toEqual([
      1, 3, 599, 329, 264, 428, 87, 302, 262, 674, 36, 4, 332, 1369, 1736, 262, 674, 19, 2, 3, 635, 264, 424, 460, 36,
      4, 332, 1348, 462, 19, 2,
    ])
    const asked = tokenizer.render(conversation.slice(0, 1), { generationPrompt: true })
    expect(tokenizer.encode(asked)).toEqual([1, 3, 599, 329, 264, 428, 87, 302, 262, 674, 36, 4])
  })

  test('what ends a turn, and how many ids there are', () => {
    expect([tokenizer.endToken, tokenizer.vocabularySize, tokenizer.decode([])]).toEqual([2, 2048, ''])
  })
})

describe('files that cannot be used', () => {
  const folder = temporaryFolder()
  const spoil = async (name: string, content: string | null): Promise<ChatTokenizer> => {
    await writeTinyModel(folder)
    if (content === null) await rm(join(folder, name))
    else await writeFile(join(folder, name), content)
    return ChatTokenizer.open(folder)
  }

  test.each([
    ['tokenizer.json', null],
    ['tokenizer.json', '{'],
    ['tokenizer.json', '{}'],
    ['tokenizer.json', '[]'],
    ['tokenizer.json', 'null'],
    ['chat_template.jinja', '{% for m in messages %}'],
  ])('%s: %j', async (name, content) => {
    await expect(spoil(name, content)).rejects.toMatchObject({ code: 'OL1306', details: { path: folder } })
  })

  test.each([
    ['{"eos_token": 7}', 'eos_token: has none of the forms that it may have'],
    [
      '{"chat_template": 7, "added_tokens_decoder": []}',
      'chat_template: has none of the forms that it may have; added_tokens_decoder: must be an object',
    ],
    ['[]', 'must be an object'],
  ])('tokenizer_config.json as %s is reported in one line', async (content, reason) => {
    await expect(spoil('tokenizer_config.json', content)).rejects.toMatchObject({
      code: 'OL1306',
      message: `The tokenizer in ${folder} cannot be used: tokenizer_config.json: ${reason}`,
    })
  })

  test('a template that refuses the messages says so in its own words', async () => {
    const tokenizer = await spoil('chat_template.jinja', "{{ raise_exception('roles must alternate') }}")
    expect(() => tokenizer.render(conversation)).toThrow(
      expect.objectContaining({ code: 'OL1307', message: expect.stringContaining('roles must alternate') }),
    )
  })

  test('no template: conversations cannot be rendered', async () => {
    const tokenizer = await spoil('chat_template.jinja', null)
    expect(tokenizer.hasTemplate).toBe(false)
    expect(() => tokenizer.render(conversation)).toThrow(expect.objectContaining({ code: 'OL1307' }))
  })

  test('a template inside tokenizer_config.json, alone or the default among several', async () => {
    await copyFile('base-model/tokenizer.json', join(folder, 'tokenizer.json'))
    const named = [
      { name: 'tool_use', template: 'tools' },
      { name: 'default', template: '{{ bos_token }}{{ messages[0].content }}' },
    ]
    for (const chat_template of [named[1]?.template, named]) {
      await rm(join(folder, 'chat_template.jinja'), { force: true })
      await writeFile(
        join(folder, 'tokenizer_config.json'),
        JSON.stringify({ bos_token: { content: '<s>' }, chat_template }),
      )
      expect((await ChatTokenizer.open(folder)).render(conversation)).toBe('<s>What is a spring tide?')
    }
  })
})
