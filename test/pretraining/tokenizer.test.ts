import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ChatTokenizer } from '../../src/models/chat/ChatTokenizer.js'
import { BpeEncoder } from '../../src/pretraining/BpeEncoder.js'
import { tokenizerFiles } from '../../src/pretraining/tokenizerFiles.js'
import { trainByteLevelBpe } from '../../src/pretraining/trainByteLevelBpe.js'
import { temporaryFolder } from '../models/tinyModel.js'

/** Made by Hugging Face's tokenizers: make_bpe.py beside it. */
const reference: {
  readonly documents: string[]
  readonly special: string[]
  readonly vocabularySize: number
  readonly vocabulary: Record<string, number>
  readonly merges: [string, string][]
  readonly encoded: { readonly text: string; readonly ids: number[] }[]
} = JSON.parse(readFileSync('test/fixtures/pretraining/bpe.json', 'utf8'))

const { documents, special, vocabularySize } = reference
const folder = join(temporaryFolder(), 'tokenizer')
const model = trainByteLevelBpe(documents, { vocabularySize, specialTokens: special })

describe('a byte-level BPE tokenizer', () => {
  test('has the merges and ids of Hugging Face tokenizers', () => {
    expect(model.merges).toEqual(reference.merges)
    expect(Object.fromEntries(model.vocabulary)).toEqual(reference.vocabulary)
  })

  test('encodes as Hugging Face tokenizers, text it never saw included', () => {
    const encoder = new BpeEncoder(model, special)
    for (const { text, ids } of reference.encoded) expect(encoder.encode(text)).toEqual(ids)
  })

  test('stops where no pair is left to merge', () => {
    const { vocabulary, merges } = trainByteLevelBpe(['ab ab'], { vocabularySize: 1000, specialTokens: [] })
    expect(merges).toEqual([
      ['a', 'b'],
      ['Ġ', 'ab'],
    ])
    expect(vocabulary.size).toBe(258)
  })

  test('is written as files that open as a tokenizer, with the begin token before a whole text', async () => {
    await mkdir(folder)
    const files = tokenizerFiles(model, {
      special: { padding: '<pad>', begin: '<s>', end: '</s>', turns: ['<|user|>', '<|assistant|>'] },
      chatTemplate: '<s>{% for m in messages %}{{ m.content }}{% endfor %}',
      maximumLength: 64,
    })
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content as string)
    const tokenizer = await ChatTokenizer.open(folder)
    for (const { text, ids } of reference.encoded) {
      expect(tokenizer.encode(text)).toEqual(ids)
      expect(tokenizer.encode(text, { special: true })).toEqual([1, ...ids])
    }
    expect(tokenizer.endToken).toBe(2)
    expect(tokenizer.render([{ role: 'user', content: 'tide' }])).toBe('<s>tide')
  })
})
