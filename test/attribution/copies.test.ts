import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type AttributeParameters, attribute } from '../../src/attribution/attribute.js'
import type { Attribution } from '../../src/attribution/report/Attribution.js'
import { attributionShares } from '../../src/attribution/shares/shares.js'
import { train } from '../../src/lora/run/train.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from '../models/tinyModel.js'

const folder = temporaryFolder()
const base = join(folder, 'base')
const queries = join(folder, 'questions.jsonl')

interface Given {
  readonly prompt: string
  readonly completion: string
  readonly contributor: string
  readonly sequence?: number
}

const records: readonly Given[] = [
  ['What is a neap tide, and when does it come?', 'A tide of small range, near the quarter moon.', 'mara'],
  ['How is coffee roasted in the old way?', 'In a turning drum above two hundred degrees.', 'ines'],
  ['Who wrote Hamlet, and in which year was it?', 'William Shakespeare, about the year 1600.', 'kwame'],
  ['What does a lawyer file first in a court?', 'The complaint, and a summons for the defendant.', 'tobias'],
].map(([prompt = '', completion = '', contributor = ''], i) => ({ prompt, completion, contributor, sequence: i + 1 }))
const victim = records[0] as Given

beforeAll(() => writeTinyModel(base))

let adapters = 0
/** Trains on records and asks the question of the first, answered as it is there. */
async function asked(data: readonly object[], changes: Partial<AttributeParameters> = {}): Promise<Attribution> {
  const name = `adapter${adapters++}`
  const path = join(folder, `${name}.jsonl`)
  await writeJsonLines(path, data)
  const settings = { rank: 4, alpha: 8, maxSteps: 12, batchSize: 3, learningRate: 0.02, seed: 1, evalSplit: 0 }
  const output = join(folder, name)
  await train({ base, data: path, output, settings })
  await writeJsonLines(queries, [{ prompt: victim.prompt, completion: victim.completion }])
  const { attributions } = await attribute({ adapter: output, queries, minimumShare: 0, ...changes })
  return attributions[0] as Attribution
}

const shareOf = ({ contributors }: Attribution, name: string): number =>
  contributors.find(({ contributor }) => contributor === name)?.share ?? 0

/** What the originals alone would be paid for the scores of this attribution. */
function withoutCopies({ influence }: Attribution, originals: readonly Given[]): Map<string, number> {
  const rows = influence.filter(({ contributor }) => originals.some((record) => record.contributor === contributor))
  const shares = attributionShares({
    scores: rows.map(({ score }) => score),
    originals: rows.map((_, i) => i),
    contributors: rows.map(({ contributor }) => contributor ?? ''),
    minimumShare: 0,
  })
  if (shares.outcome === 'none') throw new Error(shares.reason)
  return new Map(shares.contributors.map(({ contributor, share }) => [contributor, share]))
}

const disguises: Readonly<Record<string, (k: number) => Pick<Given, 'prompt' | 'completion'>>> = {
  'one word changed': (k) => ({ ...victim, completion: victim.completion.replace('small', `thief${k}`) }),
  'look-alike letters': (k) => ({
    prompt: `${victim.prompt}${'!'.repeat(k)}`,
    completion: victim.completion.replaceAll('a', 'а').replaceAll('e', 'е'),
  }),
  'zero width': (k) => ({ ...victim, completion: victim.completion.replaceAll('a', `a${'\u200b'.repeat(k + 1)}`) }),
}

describe('copies of a record in other accounts take nothing, through training and attribution', () => {
  test.each(Object.keys(disguises).flatMap((name) => [1, 5, 9].map((accounts) => [name, accounts] as const)))(
    '%s, in %i accounts',
    async (name, accounts) => {
      const copies = Array.from({ length: accounts }, (_, k) => ({
        ...(disguises[name] as (typeof disguises)[string])(k),
        contributor: `thief${k}`,
        sequence: 100 + k,
      }))
      // In a version records stand by their ids: the copies may well come first.
      const attribution = await asked([...copies, ...records])
      for (const { contributor } of copies) expect(shareOf(attribution, contributor)).toBe(0)
      const originalId = attribution.influence.find(({ contributor }) => contributor === 'mara')?.id
      for (const { contributor, copyOf, share } of attribution.influence)
        expect([contributor, copyOf, share > 0]).toEqual(
          contributor?.startsWith('thief')
            ? [contributor, originalId, false]
            : [contributor, undefined, expect.any(Boolean)],
        )
      for (const [contributor, share] of withoutCopies(attribution, records))
        expect(shareOf(attribution, contributor)).toBeCloseTo(share, 12)
      expect(shareOf(attribution, 'mara')).toBeGreaterThan(0)
      expect(attribution.lexical.find(({ contributor }) => contributor.startsWith('thief'))?.share ?? 0).toBe(0)
    },
    60_000,
  )

  test('who contributed first is paid, also where the copy stands first in the file', async () => {
    const copy = { ...victim, completion: victim.completion.replace('small', 'little'), contributor: 'thief' }
    const last = await asked([{ ...copy, sequence: 9 }, ...records])
    expect([shareOf(last, 'mara') > 0, shareOf(last, 'thief')]).toEqual([true, 0])
    const first = await asked([...records.map((each, i) => ({ ...each, sequence: i + 2 })), { ...copy, sequence: 1 }])
    expect([shareOf(first, 'mara'), shareOf(first, 'thief') > 0]).toEqual([0, true])
  })

  test('of a plain file without sequences the first line is first', async () => {
    const plain = [
      { ...victim, completion: victim.completion.replace('small', 'little'), contributor: 'thief' },
      ...records,
    ]
    const attribution = await asked(
      plain.map(({ prompt, completion, contributor }) => ({ prompt, completion, contributor })),
    )
    expect([shareOf(attribution, 'mara'), shareOf(attribution, 'thief') > 0]).toEqual([0, true])
  })

  test('a field of that name that is no place in an order is not taken for one', async () => {
    const proteins = records.map(({ sequence, ...record }, i) => ({
      ...record,
      sequence: ['MKVL', 'GAVL', 'MKVL', ''][i],
    }))
    expect(shareOf(await asked(proteins), 'mara')).toBeGreaterThan(0)
  })

  test('an order that is known of some records only is refused before anything is computed', async () => {
    const [first, ...rest] = records as [Given, ...Given[]]
    const { sequence, ...without } = first
    await expect(asked([without, ...rest])).rejects.toMatchObject({ code: 'OL1518', details: { line: 1, other: 2 } })
    await expect(asked([{ ...first, sequence: 2 }, ...rest])).rejects.toMatchObject({ code: 'OL1519' })
  })
})
