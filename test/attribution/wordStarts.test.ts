import { describe, expect, test } from '@jest/globals'
import { wordStarts } from '../../src/attribution/spans/answerSpans.js'
import { SuffixArray } from '../../src/attribution/spans/SuffixArray.js'
import { maximalSpans } from '../../src/attribution/spans/spans.js'
import { bundledBase } from '../../src/models/base/bundledBase.js'
import { ChatTokenizer } from '../../src/models/chat/ChatTokenizer.js'

const tokenizer = await ChatTokenizer.open(bundledBase)
const tokensOf = (text: string): number[] => tokenizer.encode(` ${text}`)

describe('wordStarts', () => {
  test('a word of many tokens starts once; a full stop and a line end are no part of it', () => {
    const starts = wordStarts(tokenizer)
    const text = "Barometers don't fall, 1024 hPa.\nReef."
    const tokens = tokensOf(text)
    const runs: string[] = []
    for (const [i, token] of tokens.entries()) {
      const piece = tokenizer.decode([...tokenizer.encode('.'), token]).slice(1)
      if (starts(token, tokens[i - 1])) runs.push(piece)
      else runs[runs.length - 1] += piece
    }
    expect(tokens.length).toBeGreaterThan(runs.length)
    expect(runs).toEqual([' Barometers', " don't", ' fall', ',', ' 1024', ' hPa', '.', '\n', 'Reef', '.'])
  })

  test('spans begin and end with whole words, also where the answer begins', () => {
    const record = tokensOf('What does it mean? Blue smoke means that the engine burns oil, and it is worn.')
    const spansIn = (answer: string): string[] => {
      const tokens = tokensOf(answer)
      return maximalSpans(new SuffixArray([record]), tokens, { startsWord: wordStarts(tokenizer) }).map(
        ({ start, end }) => tokenizer.decode(tokens.slice(start, end)).trim(),
      )
    }
    expect(spansIn('Blue smoke means that the engineer sleeps.')).toEqual(['Blue smoke means that the'])
    expect(spansIn('Truly smoke means that the engine burns oil.')).toEqual(['smoke means that the engine burns oil'])
  })
})
