import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { attribute } from '../../src/attribution/attribute.js'
import { readManifest, sha256File } from '../../src/lora/plan/manifest.js'
import { type TrainParameters, train } from '../../src/lora/run/train.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from '../models/tinyModel.js'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const base = at('base')
const records = ['low', 'high', 'slack', 'neap', 'spring', 'ebb'].map((water) => ({
  prompt: `${water}?`,
  completion: `${water} water`,
}))
const settings = { rank: 2, epochs: 1, batchSize: 2, learningRate: 0.01, seed: 9, saveSteps: 1 }
const several = [at('a.jsonl'), at('b.csv'), at('c.json.gz')]

beforeAll(async () => {
  await writeTinyModel(base)
  await writeJsonLines(at('all.jsonl'), records)
  await writeJsonLines(at('a.jsonl'), records.slice(0, 2))
  const table = records.slice(2, 4).map(({ prompt, completion }) => `"${prompt}",${completion}\r\n`)
  await writeFile(at('b.csv'), `prompt,completion\r\n${table.join('')}`)
  await writeFile(at('c.json.gz'), gzipSync(JSON.stringify({ data: records.slice(4) }, null, 2)))
})

const trainInto = (name: string, changes: Partial<TrainParameters> = {}) =>
  train({ base, data: several, output: at(name), settings, ...changes })

test('the same records give the same adapter, whatever files they lie in', async () => {
  const one = await trainInto('one', { data: at('all.jsonl') })
  const many = await trainInto('many')
  expect(many.manifest.adapterHash).toBe(one.manifest.adapterHash)
  const other = await trainInto('other', { data: [...several].reverse() })
  expect(other.manifest.adapterHash).not.toBe(one.manifest.adapterHash)
})

test('other columns give the same adapter, and the manifest says which they were', async () => {
  const renamed = records.map(({ prompt, completion }) => ({ question: prompt, reply: { text: completion }, id: 1 }))
  await writeJsonLines(
    at('renamed.jsonl'),
    renamed.map(({ question, reply }) => ({ question, reply })),
  )
  const map = { prompt: 'question', completion: 'reply.text' }
  const { manifest, plan } = await trainInto('mapped', { data: at('renamed.jsonl'), settings: { ...settings, map } })
  expect(manifest.adapterHash).toBe((await readManifest(at('one'))).adapterHash)
  expect(manifest.settings.map).toEqual(map)
  expect(plan.unreadColumns).toEqual([])
  // Attribution reads the columns that training read.
  const { attributions } = await attribute({ adapter: at('mapped'), queries: at('a.jsonl') })
  expect(attributions[0]?.influence).toHaveLength(6)
})

test('the manifest has every file with its hash, in the order in which they were named', async () => {
  const { data } = await readManifest(at('many'))
  expect(data.path).toBeUndefined()
  expect(data.files).toEqual(
    await Promise.all(
      ['a.jsonl', 'b.csv', 'c.json.gz'].map(async (name) => ({
        path: `../${name}`,
        sha256: await sha256File(at(name)),
        records: 2,
      })),
    ),
  )
  expect(await readFile(at('many/report.html'), 'utf8')).toContain('../c.json.gz')
})

test('attribution tells file and line of a record, and knows the files elsewhere', async () => {
  const moved = several.map((path) => path.replace(folder, at('moved')))
  for (const [i, path] of several.entries()) await cp(path, moved[i] as string)
  const { attributions } = await attribute({ adapter: at('many'), queries: at('b.csv'), data: moved })
  const places = attributions[0]?.influence.map(({ file, line }) => `${file?.split('/').at(-1)}:${line}`)
  expect(places?.sort()).toEqual(['a.jsonl:1', 'a.jsonl:2', 'b.csv:2', 'b.csv:3', 'c.json.gz:3', 'c.json.gz:7'])
  for (const wrong of [[...moved].reverse(), moved.slice(1), [...moved, at('all.jsonl')]])
    await expect(attribute({ adapter: at('many'), queries: at('b.csv'), data: wrong })).rejects.toMatchObject({
      code: 'OL1404',
    })
})

describe('a training of several files', () => {
  test('goes on to the same adapter, but not on other files, nor on other columns', async () => {
    const abort = new AbortController()
    const interrupted = trainInto('resumed', { signal: abort.signal, onStep: () => abort.abort() })
    await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' })
    const resume = (changes: Partial<TrainParameters>) => trainInto('resumed', { resume: true, ...changes })
    const [a, b, c] = several as [string, string, string]
    const refused = [
      [{ data: [b, a, c] }, b],
      [{ data: [a, b] }, c],
      [{ data: [...several, at('all.jsonl')] }, at('all.jsonl')],
      [{ data: at('all.jsonl') }, at('all.jsonl')],
    ] as const
    for (const [changes, path] of refused)
      await expect(resume(changes)).rejects.toMatchObject({ code: 'OL1421', details: { what: 'data', path } })
    const map = { prompt: 'prompt' }
    await expect(resume({ settings: { ...settings, map } })).rejects.toMatchObject({ code: 'OL1422' })
    const { manifest } = await resume({})
    expect(manifest.adapterHash).toBe((await readManifest(at('many'))).adapterHash)
  })
})

test.each([
  [{ promt: 'question' }, 'must be of the fields'],
  [{ prompt: '' }, 'map'],
])('a map of %j is refused', async (map, words) => {
  const refused = trainInto('refused', { settings: { ...settings, map } })
  await expect(refused).rejects.toMatchObject({ code: 'OL1400', message: expect.stringContaining(words) })
})

test('a record that the chat template cannot render is named by its line', async () => {
  const turns = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
  ]
  await writeJsonLines(at('turns.jsonl'), [{ messages: turns }, { messages: [turns[0], turns[0], turns[1]] }])
  const template = `{% for m in messages %}{% if loop.previtem and loop.previtem.role == m.role %}{{ raise_exception('roles must alternate') }}{% endif %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}`
  await cp(base, at('strict'), { recursive: true })
  await writeFile(at('strict/chat_template.jinja'), template)
  const refused = trainInto('strictly', { base: at('strict'), data: at('turns.jsonl') })
  await expect(refused).rejects.toMatchObject({
    code: 'OL1358',
    message: expect.stringMatching(/turns\.jsonl, line 2, record 2: .*roles must alternate/),
  })
})
