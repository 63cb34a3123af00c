import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatanet } from '../../src/datanet/store/openDatanet.js'
import { createVersion } from '../../src/datanet/versions/createVersion.js'
import { Place } from './workspace.js'

const place = new Place()
const at = 'net'
const tide = {
  prompt: 'What is a neap tide, and when does it come?',
  completion: 'A tide of small range, a day or two after the quarter moon.',
}
const honest = [
  tide,
  { prompt: 'How is coffee roasted in the old way?', completion: 'In a turning drum above two hundred degrees.' },
]
const others = [
  { prompt: 'Who wrote Hamlet, and in which year was it?', completion: 'William Shakespeare, about the year 1600.' },
]
const changed = { ...tide, completion: tide.completion.replace('small', 'little') }
const disguised = { ...tide, completion: tide.completion.replaceAll('a', 'а') }
const invisible = { ...tide, completion: tide.completion.replaceAll('a', 'a\u200b') }

beforeAll(async () => {
  await place.data('datanet init net --name net')
  place.lines('honest.jsonl', honest)
  place.lines('others.jsonl', others)
  place.lines('changed.jsonl', [changed, invisible])
  place.lines('disguised.jsonl', [disguised])
  place.lines('questions.jsonl', [tide])
})
afterAll(() => place.remove())

describe('a record that others copy', () => {
  test('is told to the reviewer with its copies; what only looks different is no record at all', async () => {
    const { added } = await place.data('datanet add ../honest.jsonl --contributor mara', at)
    await place.data('datanet add ../others.jsonl --contributor ines', at)
    expect(await place.data('datanet add ../changed.jsonl --contributor tobias', at)).toMatchObject({
      duplicates: [{ line: 2, kind: 'words', duplicateOf: added[0] }],
      nearDuplicates: [{ line: 1, nearDuplicateOf: added[0] }],
    })
    expect(await place.data('datanet add ../disguised.jsonl --contributor kwame', at)).toMatchObject({
      nearDuplicates: [{ line: 1, nearDuplicateOf: added[0], similarity: 1 }],
    })
    const { left } = await place.data('datanet review --approve all', at)
    expect(left).toHaveLength(2)
    // A reviewer who lets them pass costs nobody anything.
    expect(await place.data(`datanet review --approve ${left.join(',')}`, at)).toMatchObject({ approved: 2 })
  })

  test('earns for its first contributor alone', async () => {
    // `datanet publish` would make it, and needs a network.
    const store = openDatanet(place.path(at))
    createVersion(store)
    store.close()
    await place.data('train --max-steps 6 --learning-rate 0.01 --eval-split 0 --output adapter', at)
    const words = 'attribute --adapter adapter --queries ../questions.jsonl --minimum-share 0 --output scores.jsonl'
    const { records } = await place.data(words, at)
    expect(records).toBe(5)
    const { contributors, influence } = JSON.parse(readFileSync(place.path(at, 'scores.jsonl'), 'utf8'))
    const [first] = influence.filter(({ excerpt = '' }) => excerpt.startsWith('What is a neap tide'))
    const copies = influence.filter(({ copyOf }: { copyOf?: string }) => copyOf !== undefined)
    expect(copies).toHaveLength(2)
    for (const copy of copies) expect(copy).toMatchObject({ copyOf: first.id, share: 0 })
    const shareOf = (address: string): number =>
      contributors.find(({ contributor }: { contributor: string }) => contributor === address)?.share ?? 0
    for (const { contributor } of copies) expect(shareOf(contributor)).toBe(0)
    expect(shareOf(first.contributor)).toBeGreaterThan(0)
  })
})
