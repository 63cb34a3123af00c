import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readJson } from '../../src/files/readText.js'
import { ChatTokenizer } from '../../src/models/chat/ChatTokenizer.js'

const folder = 'test/fixtures/tokenizers'
const { texts, ids } = (await readJson(join(folder, 'texts.json'))) as {
  readonly texts: readonly string[]
  readonly ids: Readonly<Record<string, readonly (readonly number[])[]>>
}

describe.each(Object.keys(ids))('the tokenizer %s', (name) => {
  test('gives the ids that Python’s does, of every text', async () => {
    const tokenizer = await ChatTokenizer.open(join(folder, name))
    for (const [i, text] of texts.entries()) expect([text, tokenizer.encode(text)]).toEqual([text, ids[name]?.[i]])
  })
})

test('a completion goes on behind its prompt as TRL tokenizes the two together, whatever begins it', async () => {
  const tokenizer = await ChatTokenizer.open(join(folder, 'llama2-like'))
  for (const completion of ['and low', ' and low', '\nand low', 'x', 'Ébb'])
    expect([...tokenizer.encode('Ebb?'), ...tokenizer.encodeContinuation('Ebb?', completion)]).toEqual(
      tokenizer.encode(`Ebb?${completion}`),
    )
})
