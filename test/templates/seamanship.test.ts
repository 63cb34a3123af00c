import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { readJsonLines } from '../../src/files/readJsonLines.js'
import { readText } from '../../src/files/readText.js'

const templates = join(import.meta.dirname, '..', '..', 'templates')
/** Five-word sequences in common, as a Jaccard index, from which two texts count as near-duplicates. */
const nearDuplicate = 0.5

const templateSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  description: z.string().min(1),
  licence: z.string().min(1),
  domain: z.string().min(1),
  language: z.string().length(2),
  contributors: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9-]*$/),
        speciality: z.string().min(1),
        account: z.int().min(0).max(9),
      }),
    )
    .min(2),
})
const recordSchema = z.strictObject({ prompt: z.string(), completion: z.string() })
const heldOutSchema = recordSchema.extend({ contributor: z.string() })
const questionSchema = recordSchema.extend({ expects: z.string() })

interface Item {
  readonly where: string
  readonly contributor: string
  readonly prompt: string
  readonly completion: string
}

const readItems = async <T extends z.infer<typeof recordSchema>>(
  file: string,
  schema: z.ZodType<T>,
  contributorOf: (item: T) => string,
): Promise<Item[]> =>
  (await readJsonLines(file)).map(({ line, value }) => {
    const item = schema.parse(value)
    const { prompt, completion } = item
    return { where: `${file}:${line}`, contributor: contributorOf(item), prompt, completion }
  })

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? []
const normalize = (text: string): string => wordsOf(text).join(' ')
const textOf = (item: Item): string => `${item.prompt} ${item.completion}`

const fiveGramsOf = (text: string): Set<string> => {
  const words = wordsOf(text)
  return new Set(words.slice(4).map((_, start) => words.slice(start, start + 5).join(' ')))
}

const jaccard = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  const shared = [...a].filter((gram) => b.has(gram)).length
  return shared === 0 ? 0 : shared / (a.size + b.size - shared)
}

/** Every pair of `left` and an earlier or other item of `right` whose texts are near-duplicates. */
const nearDuplicatesIn = (left: readonly Item[], right: readonly Item[], text: (item: Item) => string): string[] => {
  const rightGrams = right.map((item) => fiveGramsOf(text(item)))
  return left.flatMap((item, index) => {
    const grams = fiveGramsOf(text(item))
    const others = left === right ? right.slice(0, index) : right
    return others
      .filter((_, other) => jaccard(grams, rightGrams[other]!) >= nearDuplicate)
      .map((other) => `${item.where} ~ ${other.where}`)
  })
}

/** For each item, the contributor of the record with the largest TF-IDF cosine: BM25's poor cousin, enough for this. */
const nearestContributors = (items: readonly Item[], records: readonly Item[]): string[] => {
  const documents = records.map((record) => new Set(wordsOf(textOf(record))))
  const frequency = new Map<string, number>()
  for (const word of documents.flatMap((words) => [...words])) frequency.set(word, (frequency.get(word) ?? 0) + 1)
  const weight = (word: string): number => Math.log(records.length / (frequency.get(word) ?? records.length)) ** 2
  const total = (words: Iterable<string>): number => [...words].reduce((sum, word) => sum + weight(word), 0)
  return items.map((item) => {
    const words = new Set(wordsOf(textOf(item)))
    const scores = documents.map((document) => {
      const shared = total([...words].filter((word) => document.has(word)))
      return shared / Math.sqrt(total(document) * total(words))
    })
    return records[scores.indexOf(Math.max(...scores))]!.contributor
  })
}

const folders = readdirSync(templates).filter((name) => existsSync(join(templates, name, 'template.json')))

test('seamanship is among the templates', () => {
  expect(folders).toContain('seamanship')
})

describe.each(folders)('template %s', (name) => {
  const folder = join(templates, name)
  const template = async () => templateSchema.parse(JSON.parse(await readText(join(folder, 'template.json'))))
  const recordsOf = (contributor: string) =>
    readItems(join(folder, 'records', `${contributor}.jsonl`), recordSchema, () => contributor)
  const allRecords = async () =>
    (await Promise.all((await template()).contributors.map((c) => recordsOf(c.name)))).flat()
  const heldOut = () => readItems(join(folder, 'held-out.jsonl'), heldOutSchema, (item) => item.contributor)
  const questions = () => readItems(join(folder, 'questions.jsonl'), questionSchema, (item) => item.expects)

  test('names itself and has one record file and one account for each contributor', async () => {
    const { name: own, contributors } = await template()
    expect(own).toBe(name)
    expect(new Set(contributors.map((c) => c.account)).size).toBe(contributors.length)
    expect(readdirSync(join(folder, 'records')).sort()).toEqual(contributors.map((c) => `${c.name}.jsonl`).sort())
  })

  test('holds at least 120 records, equally many from every specialist and fewer of filler', async () => {
    // Equal counts, so that no specialist earns by volume.
    const specialists = new Set((await heldOut()).map((item) => item.contributor))
    expect(specialists.size).toBeGreaterThanOrEqual(4)
    const counts = new Map<string, number>()
    for (const { contributor } of await allRecords()) counts.set(contributor, (counts.get(contributor) ?? 0) + 1)
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(120)
    const specialistCounts = new Set([...specialists].map((contributor) => counts.get(contributor)))
    expect(specialistCounts.size).toBe(1)
    const [each] = specialistCounts
    for (const [contributor, count] of counts) {
      if (!specialists.has(contributor)) expect(count).toBeLessThan(each!)
    }
  })

  test('asks each specialist for the same number of held-out items and questions', async () => {
    const perContributor = (items: readonly Item[]): Map<string, number> => {
      const counts = new Map<string, number>()
      for (const { contributor } of items) counts.set(contributor, (counts.get(contributor) ?? 0) + 1)
      return counts
    }
    const [held, asked] = [perContributor(await heldOut()), perContributor(await questions())]
    expect(new Set(held.values()).size).toBe(1)
    expect(new Set(asked.values()).size).toBe(1)
    expect([...asked.keys()].sort()).toEqual([...held.keys()].sort())
    const names = new Set((await template()).contributors.map((c) => c.name))
    expect([...held.keys()].filter((contributor) => !names.has(contributor))).toEqual([])
  })

  test('keeps to plain ASCII, prompts of 8 to 16 words and completions of 15 to 35', async () => {
    const outside = [...(await allRecords()), ...(await heldOut()), ...(await questions())].filter((item) => {
      const prompt = item.prompt.split(' ').length
      const completion = item.completion.split(' ').length
      const plain = /^[\x20-\x7e]+\?$/.test(item.prompt) && /^[\x20-\x7e]+\.$/.test(item.completion)
      return !plain || /^ | {2}/.test(textOf(item)) || prompt < 8 || prompt > 16 || completion < 15 || completion > 35
    })
    expect(outside).toEqual([])
  })

  test('says nothing twice', async () => {
    const items = [...(await allRecords()), ...(await heldOut()), ...(await questions())]
    expect(new Set(items.map((item) => normalize(item.prompt))).size).toBe(items.length)
    expect(new Set(items.map((item) => normalize(item.completion))).size).toBe(items.length)
    expect(nearDuplicatesIn(items, items, textOf)).toEqual([])
  })

  test('holds out no answer that a record gives', async () => {
    const records = await allRecords()
    const items = [...(await heldOut()), ...(await questions())]
    expect(nearDuplicatesIn(items, records, (item) => item.completion)).toEqual([])
  })

  test('asks only what the records of the right contributor answer: those are the nearest in words', async () => {
    const items = [...(await heldOut()), ...(await questions())]
    const nearest = nearestContributors(items, await allRecords())
    expect(items.filter((item, index) => nearest[index] !== item.contributor)).toEqual([])
  })
})

test('the near-duplicate check sees one', () => {
  const item = (where: string, completion: string): Item => ({ where, contributor: 'x', prompt: '', completion })
  const items = [
    item('a', 'The tide turns and the boat swings to her anchor in the stream.'),
    item('b', 'The tide turns, and the boat swings to her anchor in the stream now.'),
    item('c', 'A whipping of waxed twine stops the end of a rope from fraying.'),
  ]
  expect(nearDuplicatesIn(items, items, textOf)).toEqual(['b ~ a'])
})
