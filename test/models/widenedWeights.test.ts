import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  openSafetensors,
  readFloat32,
  type SafetensorsFile,
  serializeSafetensors,
} from '../../src/models/weights/safetensors.js'
import { widenedWeights } from '../../src/models/weights/widenedWeights.js'
import { temporaryFolder } from './tinyModel.js'

const folder = temporaryFolder()
let source: Map<string, SafetensorsFile>
let cache: string
let serial = 0

beforeEach(async () => {
  // float16: 1, -2, 0.5
  const data = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800).buffer)
  const path = join(folder, `source-${serial++}.safetensors`)
  const tensors = new Map([['w', { dtype: 'F16' as const, shape: [3], data }]])
  await writeFile(path, Buffer.concat(serializeSafetensors(tensors)))
  source = new Map([['w', await openSafetensors(path)]])
  cache = join(folder, `cache-${serial}`)
})

const widen = (environment: Record<string, string> = { OPENLEDGER_CACHE: cache }): Promise<SafetensorsFile> =>
  widenedWeights('the model', source, { environment, temporary: cache })
const values = async (file: SafetensorsFile): Promise<number[]> => [...(await readFloat32(file, 'w'))]

test('are converted once, and found again', async () => {
  const { path } = await widen()
  const bytes = await readFile(path)
  await writeFile(path, bytes.fill(0, bytes.length - 4))
  // A second opening does not convert again: it sees what now stands there.
  expect(await values(await widen())).toEqual([1, -2, 0])
})

test('a damaged file is made again', async () => {
  for (const size of [0, 20, 90]) {
    const { path } = await widen()
    await truncate(path, size)
    expect(await values(await widen())).toEqual([1, -2, 0.5])
  }
})

test('several at once neither disturb each other nor leave anything behind', async () => {
  const files = await Promise.all(Array.from({ length: 8 }, () => widen()))
  for (const file of files) expect(await values(file)).toEqual([1, -2, 0.5])
  expect(await readdir(join(cache, 'weights'))).toHaveLength(1)
})

test('a source that changes is another file', async () => {
  const first = await widen()
  const [file] = source.values()
  await writeFile((file as SafetensorsFile).path, await readFile((file as SafetensorsFile).path))
  expect((await widen()).path).not.toBe(first.path)
})

describe('a cache that cannot be written', () => {
  // A file where a folder is wanted stops even the superuser, whom permissions do not.
  const blocked = async (): Promise<string> => {
    const path = join(folder, `blocked-${serial}`)
    await writeFile(path, '')
    return path
  }

  test('of the user gives way to the folder for temporary files', async () => {
    const environment = { XDG_CACHE_HOME: await blocked() }
    await mkdir(cache)
    const file = await widen(environment)
    expect(file.path.startsWith(cache)).toBe(true)
    expect(await values(file)).toEqual([1, -2, 0.5])
    expect((await widen(environment)).path).toBe(file.path)
  })

  test('and no other place either: an error that names the first', async () => {
    const path = await blocked()
    await expect(widen({ XDG_CACHE_HOME: path })).rejects.toMatchObject({
      code: 'OL1901',
      details: { path: expect.stringContaining(path) },
    })
  })

  test('but was chosen by the user: no other is taken', async () => {
    await mkdir(cache)
    await expect(widen({ OPENLEDGER_CACHE: await blocked() })).rejects.toMatchObject({ code: 'OL1901' })
  })
})
