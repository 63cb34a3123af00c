import { readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Tokenizer } from '@huggingface/tokenizers'
import { describe, expect, test } from '@jest/globals'
import { ChatTokenizer } from '../../../src/models/chat/ChatTokenizer.js'
import { keepByteOrderMarks } from '../../../src/models/chat/keepByteOrderMarks.js'
import { portableTokenizer } from '../../../src/models/chat/portableTokenizer.js'
import { temporaryFolder } from '../tinyModel.js'

/** Ids, ids with the tokens around the text (0 where they are the same), and the text decoded, or Python's failure. */
type Row = readonly [readonly number[], readonly number[] | 0, string, string] | string
const { texts, tokenizers } = JSON.parse(String(gunzipSync(readFileSync('test/fixtures/tokenizerKinds.json.gz')))) as {
  readonly texts: readonly string[]
  readonly tokenizers: Readonly<Record<string, { readonly definition: object; readonly rows: readonly Row[] }>>
}

/** The constructs that causal models have, which are computed. */
const computed =
  `norm NFC|norm NFD|norm NFKC|norm NFKD|norm Prepend|norm ReplaceS|norm ReplaceR|norm SeqPR|pre ByteLevel|
pre ByteLevelNoPrefix|pre ByteLevelNoRegex|pre Whitespace|pre WhitespaceSplit|pre Digits|pre DigitsInd|pre Punct isolated|
pre Punct removed|pre Punct contiguous|pre SplitR isolated False|pre SplitS isolated False|pre SplitR removed False|
pre SplitR removed True|pre SplitS merged_with_previous False|pre SplitLL|pre Meta always True|pre Meta first False|
pre Meta never True|pre Seq|pre SeqMeta|pre DigitsBL|pre SplitLLBL|bpe fuse|bpe unk fused|bpe fallback|bpe ignore_merges|
bpe old merges|add lstrip|add rstrip|add lstrip nn|add metafirst|post Template|post Seq Template`.split(/\|\n?/)

/** Python decodes an added token that is normalized as its normalized text; the library writes it as it is. */
const decodedOtherwise = ['add prepend', 'add nfkc', 'dec ByteLevel']

const refusal = (definition: object): string | undefined => {
  try {
    portableTokenizer(definition)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

describe('every kind of tokenizer gives the ids of Python’s tokenizers 0.23, or is refused by name', () => {
  test.each(Object.keys(tokenizers))('%s', (name) => {
    const { definition, rows } = tokenizers[name] as (typeof tokenizers)[string]
    const reason = refusal(definition)
    if (reason !== undefined) {
      expect([name, computed.includes(name)]).toEqual([name, false])
      expect(reason).toContain('is not supported')
      return
    }
    const tokenizer = new Tokenizer(portableTokenizer(definition), { clean_up_tokenization_spaces: false })
    keepByteOrderMarks(tokenizer.decoder)
    for (const [i, row] of rows.entries()) {
      if (typeof row === 'string') continue
      const [ids, around, all, plain] = row
      const text = texts[i] as string
      const found = [
        tokenizer.encode(text, { add_special_tokens: false }).ids,
        tokenizer.encode(text, { add_special_tokens: true }).ids,
      ]
      expect([text, ...found]).toEqual([text, ids, around === 0 ? ids : around])
      if (ids.length === 0 || decodedOtherwise.includes(name)) continue
      const decoded = [true, false].map((skip) => tokenizer.decode([...ids], { skip_special_tokens: skip }))
      expect([text, ...decoded]).toEqual([text, plain, all])
    }
  })

  test('the kinds that causal models have are computed', () => {
    expect(computed.filter((name) => !(name in tokenizers))).toEqual([])
  })
})

describe('what a folder lacks is said, and how to make it', () => {
  const folder = temporaryFolder()
  const bpe = (model: object): string =>
    JSON.stringify({ ...tokenizers['bpe plain']?.definition, pre_tokenizer: null, model: { type: 'BPE', ...model } })

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['nothing', {}, /there is no tokenizer\.json/],
    ['sentencepiece', { 'tokenizer.model': '' }, /tokenizer\.model and no tokenizer\.json; make tokenizer\.json/],
    ['vocab.json alone', { 'vocab.json': '{}' }, /neither merges\.txt nor tokenizer\.json/],
    ['vocab.json and merges.txt', { 'vocab.json': '{}', 'merges.txt': '' }, /save_pretrained/],
    ['no merges', { 'tokenizer.json': bpe({ vocab: { a: 0, b: 1, ab: 2 }, unk_token: 'a' }) }, /no "merges"/],
    [
      'empty merges',
      { 'tokenizer.json': bpe({ vocab: { a: 0, ab: 1 }, merges: [], unk_token: 'a' }) },
      /has no merges/,
    ],
    [
      'a vocabulary without ids',
      { 'tokenizer.json': bpe({ vocab: { a: 'x' }, merges: [] }) },
      /"vocab".* is not an object/,
    ],
    ['a merge of one word', { 'tokenizer.json': bpe({ vocab: { a: 0 }, merges: [['a']] }) }, /not pairs of words/],
    ['a merge that is a number', { 'tokenizer.json': bpe({ vocab: { a: 0 }, merges: [5] }) }, /not pairs of words/],
    [
      'an added token without text',
      { 'tokenizer.json': '{"added_tokens": [{"id": 1}]}' },
      /added_tokens\.0\.content: is missing$/,
    ],
    [
      'a decoder without a name',
      { 'tokenizer.json': '{"decoder": 5}' },
      /tokenizer\.json: decoder: must be an object$/,
    ],
    ['no model', { 'tokenizer.json': '{"added_tokens": []}' }, /has no "model"/],
  ])('%s', async (_, files, reason) => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder)
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
    await expect(ChatTokenizer.open(folder)).rejects.toMatchObject({
      code: 'OL1306',
      message: expect.stringMatching(reason),
    })
  })
})
