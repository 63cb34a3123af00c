import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openInfluenceIndex, writeInfluenceIndex } from '../../src/attribution/index/influenceIndex.js'
import { serializeSafetensors } from '../../src/models/weights/safetensors.js'

const hash = (digit: string): string => `0x${digit.repeat(64)}`
const metadata = { adapterHash: hash('a'), dataHash: hash('d'), recordIds: ['first', 'second'] }
const gradients = {
  rows: 2,
  columns: 3,
  data: Float32Array.of(1, -2, 0.5, 4, 5, 1e-30),
  blocks: [
    { name: 'layers.0.q_proj.lora_A', offset: 0, size: 2 },
    { name: 'layers.0.q_proj.lora_B', offset: 2, size: 1 },
  ],
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openledger-index-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('comes back as it was written', async () => {
  const path = join(folder, 'index.safetensors')
  await writeInfluenceIndex(path, gradients, metadata)
  expect(await openInfluenceIndex(path, metadata)).toEqual({ metadata, gradients })
  expect((await readFile(path, 'utf8')).includes('lowered the loss of the answer')).toBe(true)
})

test('is refused for another adapter or other data', async () => {
  const path = join(folder, 'other.safetensors')
  await writeInfluenceIndex(path, gradients, metadata)
  await expect(openInfluenceIndex(path, { ...metadata, adapterHash: hash('b') })).rejects.toMatchObject({
    code: 'OL1505',
    exitCode: 6,
    details: { what: 'adapter', found: hash('a'), expected: hash('b') },
  })
  await expect(openInfluenceIndex(path, { ...metadata, dataHash: hash('b') })).rejects.toMatchObject({
    code: 'OL1505',
    details: { what: 'data' },
  })
})

test('is refused when damaged', async () => {
  const path = join(folder, 'damaged.safetensors')
  await writeInfluenceIndex(path, gradients, metadata)
  const bytes = await readFile(path)
  await writeFile(path, bytes.subarray(0, bytes.length - 4))
  await expect(openInfluenceIndex(path, metadata)).rejects.toMatchObject({ code: 'OL1300' })
  await writeFile(path, Buffer.concat(serializeSafetensors(new Map(), {})))
  await expect(openInfluenceIndex(path, metadata)).rejects.toMatchObject({ code: 'OL1506' })
  await writeFile(
    path,
    Buffer.concat(serializeSafetensors(new Map(), { format: 'openledger-influence-1', details: '{}' })),
  )
  await expect(openInfluenceIndex(path, metadata)).rejects.toMatchObject({ code: 'OL1506' })
})

test('a matrix without one id a row is not written', async () => {
  const path = join(folder, 'short.safetensors')
  await expect(writeInfluenceIndex(path, gradients, { ...metadata, recordIds: ['first'] })).rejects.toMatchObject({
    code: 'OL1500',
  })
})
