import { lstat, mkdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { resolveBase } from '../../src/models/hub/resolveBase.js'
import { commit, FakeHub } from './fakeHub.js'
import { temporaryFolder, writeTinyModel } from './tinyModel.js'

const folder = temporaryFolder()
const id = 'tiny/model'
const cache = join(folder, 'cache')
const model = join(cache, 'models--tiny--model')
const weights = 'model.safetensors'
let hub: FakeHub
let size: number

const environment = (more: Record<string, string> = {}) => ({ HF_ENDPOINT: hub.url, ...more })
const resolve = (reference = id, more?: Record<string, string>) =>
  resolveBase(reference, { environment: environment(more) })
const fetched = () => hub.asked.filter((line) => line.includes('/resolve/') && !line.endsWith('bytes=0-0'))

beforeAll(async () => {
  process.env['HF_HUB_CACHE'] = cache
  await writeTinyModel(join(folder, 'source'))
  await writeFile(join(folder, 'source', 'README.md'), 'not needed')
  await writeFile(join(folder, 'source', 'pytorch_model.bin'), 'not needed')
  size = (await readFile(join(folder, 'source', weights))).length
  hub = await FakeHub.start(id, join(folder, 'source'))
})
beforeEach(async () => {
  hub.reset()
  await rm(cache, { recursive: true, force: true })
})
afterAll(async () => {
  delete process.env['HF_HUB_CACHE']
  await hub.stop()
})

test('a model is fetched into the cache of Hugging Face, only what is needed, and opens', async () => {
  const told: number[] = []
  const found = await resolveBase(id, {
    environment: environment(),
    onDownload: ({ file, done, total }) => {
      if (file === weights) told.push(done / total)
    },
  })
  const path = join(model, 'snapshots', commit)
  expect(found).toEqual({ path, source: { id, revision: commit } })
  expect(fetched().map((line) => line.split('/').at(-1))).toEqual([
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'chat_template.jinja',
    weights,
  ])
  expect((await lstat(join(path, weights))).isSymbolicLink()).toBe(true)
  expect(await readlink(join(path, weights))).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/)
  expect(await readFile(join(model, 'refs/main'), 'utf8')).toBe(commit)
  expect(told.at(-1)).toBe(1)
  const { hash } = await openBaseModel(path)
  expect(hash).toBe((await openBaseModel(join(folder, 'source'))).hash)
})

test('the chat templates in a folder of their own are fetched too, and nothing else of any folder', async () => {
  const templates = join(folder, 'source', 'additional_chat_templates')
  await mkdir(join(templates, 'old'), { recursive: true })
  const names = ['tool_use.jinja', 'readme.md', 'old/a.jinja']
  for (const name of names) await writeFile(join(templates, name), 'With {{ tools | length }} tools')
  const { path } = await resolve()
  await rm(templates, { recursive: true })
  expect(fetched().filter((line) => line.includes('additional'))).toEqual([
    expect.stringMatching(/additional_chat_templates\/tool_use\.jinja$/),
  ])
  const { tokenizer } = await openBaseModel(path)
  expect(tokenizer.render([{ role: 'user', content: 'a' }], { tools: [{}, {}] })).toBe('With 2 tools')
})

test('what is there is not fetched again, and a revision can be named', async () => {
  await resolve()
  hub.asked.length = 0
  expect(await resolve(`${id}@v1`)).toMatchObject({ source: { revision: commit } })
  expect(await resolve(`${id}@${commit}`)).toMatchObject({ source: { revision: commit } })
  expect(fetched()).toEqual([])
  expect(await readFile(join(model, 'refs/v1'), 'utf8')).toBe(commit)
})

test('a folder wins over a model of the same name', async () => {
  const local = join('test', 'fixtures')
  expect(await resolve(local)).toEqual({ path: local })
  expect(hub.asked).toEqual([])
})

describe('a connection that breaks', () => {
  test('is taken up where it was cut', async () => {
    let here = 0
    hub.faults.cut = { file: weights, after: 5000, times: 2, reported: () => here }
    const { path } = await resolveBase(id, {
      environment: environment(),
      onDownload: ({ file, done, total }) => {
        if (file === weights) here = done - (total - size)
      },
    })
    expect(fetched().slice(-3)).toEqual([
      expect.stringMatching(/safetensors$/),
      expect.stringMatching(` bytes=5000-${size - 1}$`),
      expect.stringMatching(` bytes=10000-${size - 1}$`),
    ])
    expect(await readFile(join(path, weights))).toEqual(await readFile(join(folder, 'source', weights)))
  })

  test('and stays broken: the next run resumes there', async () => {
    let here = 0
    hub.faults.cut = { file: weights, after: 5000, times: 1, reported: () => here }
    const failed = resolveBase(id, {
      environment: environment(),
      onDownload: ({ file, done, total }) => {
        if (file !== weights) return
        here = done - (total - size)
        // Once bytes of the weights have come the Hub says no more.
        if (here > 0) hub.faults.status = 503
      },
    })
    await expect(failed).rejects.toMatchObject({ code: 'OL1333', details: { missing: weights } })
    hub.reset()
    await resolve()
    expect(fetched()).toEqual([expect.stringMatching(/ bytes=5000-\d+$/)])
  })

  test('without a byte more each time is an error with the place', async () => {
    hub.faults.cut = { file: weights, after: 0, times: 99, reported: () => 0 }
    await expect(resolve()).rejects.toMatchObject({ code: 'OL1335', details: { file: weights, done: 0, size } })
  })

  test('by the user: what is here stays', async () => {
    const abort = new AbortController()
    const stopped = resolveBase(id, {
      environment: environment(),
      signal: abort.signal,
      onDownload: ({ file }) => {
        if (file === weights) abort.abort()
      },
    })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(await resolve()).toHaveProperty('source')
  })
})

describe('a file that is not what the Hub says', () => {
  test.each([weights, 'config.json'])('%s with a wrong byte is refused, and nothing of it stays', async (name) => {
    hub.faults.damaged = name
    await expect(resolve()).rejects.toMatchObject({ code: 'OL1334', details: { file: name } })
    hub.reset()
    expect(await resolve()).toHaveProperty('source')
  })

  test('of another size', async () => {
    hub.faults.longer = weights
    await expect(resolve()).rejects.toMatchObject({ code: 'OL1334', message: expect.stringContaining(String(size)) })
  })
})

describe('refusals', () => {
  test.each([
    [401, 'OL1331', 4],
    [403, 'OL1331', 4],
    [404, 'OL1332', 2],
  ])('status %i is %s', async (status, code, exitCode) => {
    hub.faults.status = status
    await expect(resolve()).rejects.toMatchObject({
      code,
      exitCode,
      message: expect.stringContaining('the hub says no'),
    })
  })

  test('a revision that is not there', async () => {
    await expect(resolve(`${id}@v9`)).rejects.toMatchObject({ code: 'OL1332', details: { revision: 'v9' } })
  })

  test('a token that is none, before anything is sent', async () => {
    await expect(resolve(id, { HF_TOKEN: 'secret' })).rejects.toMatchObject({ code: 'OL1331' })
    expect(hub.asked).toEqual([])
  })

  test('HF_TOKEN is what the Hub is shown', async () => {
    await resolve(id, { HF_TOKEN: 'hf_secret' })
    expect(hub.authorization).toBe('Bearer hf_secret')
  })

  test.each([['tokenizer.json'], [weights]])('a model without %s', async (name) => {
    hub.faults.without = [name]
    await expect(resolve()).rejects.toMatchObject({ code: 'OL1336', details: { missing: name } })
    expect(fetched()).toEqual([])
  })
})

describe('without the Hub', () => {
  const offline = { HF_HUB_OFFLINE: '1' }

  test('the cache is enough', async () => {
    await resolve()
    hub.reset()
    expect(await resolve(id, offline)).toMatchObject({ source: { revision: commit } })
    expect(hub.asked).toEqual([])
    expect(await resolve(id, { HF_ENDPOINT: 'http://127.0.0.1:9' })).toMatchObject({ source: { revision: commit } })
  })

  test('what is missing is said', async () => {
    await expect(resolve(id, offline)).rejects.toMatchObject({
      code: 'OL1333',
      details: { missing: 'any file of revision main', reason: 'HF_HUB_OFFLINE is set' },
    })
    await resolve()
    await rm(join(model, 'snapshots', commit, weights))
    await rm(join(model, 'snapshots', commit, 'tokenizer.json'))
    await expect(resolve(`${id}@${commit}`, offline)).rejects.toMatchObject({
      details: { missing: `tokenizer.json, ${weights}` },
    })
    await expect(resolve(id, { HF_ENDPOINT: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'OL1333',
      details: { reason: expect.stringMatching(/ECONNREFUSED|bad port/) },
    })
  })
})

describe('shards', () => {
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']
  let sharded: FakeHub

  beforeAll(async () => {
    const source = await writeTinyModel(join(folder, 'sharded'))
    await rm(join(source, weights))
    const [one, two] = shards as [string, string]
    await writeFile(join(source, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: one, b: two } }))
    for (const name of shards) await writeFile(join(source, name), name)
    sharded = await FakeHub.start(id, source)
  })
  afterAll(() => sharded.stop())

  test('all that the index names are fetched; what is missing of them offline is said', async () => {
    const { path } = await resolveBase(id, { environment: { HF_ENDPOINT: sharded.url } })
    for (const name of shards) expect(await readFile(join(path, name), 'utf8')).toBe(name)
    await rm(join(path, shards[1] as string))
    await expect(resolve(id, { HF_HUB_OFFLINE: '1' })).rejects.toMatchObject({ details: { missing: shards[1] } })
  })

  test('one that the Hub lacks is told before the others are fetched', async () => {
    sharded.faults.without = [shards[1] as string]
    await expect(resolveBase(id, { environment: { HF_ENDPOINT: sharded.url } })).rejects.toMatchObject({
      code: 'OL1336',
      details: { missing: shards[1] },
    })
  })
})
