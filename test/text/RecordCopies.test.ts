import { describe, expect, test } from '@jest/globals'
import { passagesOf } from '../../src/records/recordTexts.js'
import { originalsOf } from '../../src/text/originals.js'

const question = 'When should I reef the main of a small cruising yacht in rising wind?'
const answer =
  'Reef the main early, before the wind decides for you, and keep the crew on the high side of the boat until she balances again.'
const asked = (prompt: string, completion: string) => passagesOf({ prompt, completion })
const isCopy = (later: ReturnType<typeof asked>, earlier = asked(question, answer)) => {
  const [, original] = originalsOf([earlier, later])
  return original === 0
}

describe('the answer of another record', () => {
  const other = 'What do old hands advise about shortening sail on a long passage, and why is that?'

  test('is a copy under any question', () => {
    expect(isCopy(asked(other, answer))).toBe(true)
    expect(isCopy(asked(other, answer.replace('early', 'soon').replace('crew', 'hands')))).toBe(true)
  })

  test('is one in a conversation, too', () => {
    const messages = [
      { role: 'user', content: other },
      { role: 'assistant', content: answer },
    ]
    expect(isCopy(passagesOf({ messages }))).toBe(true)
  })

  test('is none where it is short: facts of one form', () => {
    const fact = 'The lamp takes 12 V from the battery through a fuse of five ampere.'
    expect(isCopy(asked(other, fact), asked(question, fact))).toBe(false)
  })

  test('is none where half of it is new', () => {
    const half = `${answer.slice(0, 60)} and then heave to under the storm jib with the helm lashed down to leeward until the front has gone through.`
    expect(isCopy(asked(other, half))).toBe(false)
  })

  test('names the record that it is of, among records with short answers and with none', () => {
    const records = [asked('Deep?', 'Four fathoms.'), passagesOf({ text: 'A bowline.' }), asked(question, answer)]
    expect([...originalsOf([...records, asked(other, answer)])]).toEqual([0, 1, 2, 2])
  })
})

test('two who state one fact in their own order both keep it', () => {
  const one = asked(
    'What does significant wave height mean in a sea forecast?',
    'Significant wave height is the mean height of the highest third of the waves. A single wave may be twice as high.',
  )
  const two = asked(
    'How high can a single wave be compared with the forecast height?',
    'A single wave may be twice as high as the significant wave height, which is the mean of the highest third of the waves.',
  )
  expect(isCopy(two, one)).toBe(false)
})
