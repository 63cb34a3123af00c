import { copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { mergeAdapter } from '../../src/models/adapter/mergeAdapter.js'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { Evaluator } from '../../src/models/run/evaluate.js'
import { inspectModel } from '../../src/models/run/inspectModel.js'
import { narrow } from '../../src/models/weights/narrow.js'
import {
  openSafetensors,
  readFloat32,
  readTensor,
  serializeSafetensors,
  type TensorData,
  toFloat32,
} from '../../src/models/weights/safetensors.js'
import { openReference, type Reference, relativeError } from '../fixtures/reference/reference.js'
import { temporaryFolder } from './tinyModel.js'

const folder = temporaryFolder()
const weights = 'model.safetensors'

/** jest compares arrays element by element, and takes seconds for what is a moment's work. */
const same = (a: ArrayBufferView, b: ArrayBufferView): boolean => {
  const [x, y] = [a, b].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength),
  )
  return (x as Buffer).equals(y as Buffer)
}

/** A reference model has no tokenizer; the merge copies whatever is there. */
async function withTokenizer(architecture: string): Promise<string> {
  const to = join(folder, architecture)
  await mkdir(to)
  for (const name of ['config.json', weights])
    await copyFile(join('test/fixtures/reference', architecture, name), join(to, name))
  const tokenizer = {
    version: '1.0',
    added_tokens: [],
    model: { type: 'BPE', unk_token: 'a', vocab: { a: 0, b: 1 }, merges: [] },
    pre_tokenizer: null,
    decoder: null,
    normalizer: null,
    post_processor: null,
  }
  await writeFile(join(to, 'tokenizer.json'), JSON.stringify(tokenizer))
  await writeFile(join(to, 'generation_config.json'), '{"eos_token_id":2}')
  return to
}

const architectures = (await readdir('test/fixtures/reference', { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

describe.each(architectures)('%s', (architecture) => {
  let reference: Reference
  let base: string
  let output: string
  beforeAll(async () => {
    reference = await openReference(architecture)
    base = await withTokenizer(architecture)
    output = join(folder, `${architecture}-merged`)
    await mergeAdapter({ base, adapter: join(reference.folder, 'adapter'), output })
  })

  test('merged weights are PEFT’s, and the others are as they were', async () => {
    const [before, after] = await Promise.all([base, output].map((path) => openSafetensors(join(path, weights))))
    const merged = [...reference.expected.tensors.keys()].filter((name) => name.startsWith('merged.'))
    expect(merged.length).toBeGreaterThan(0)
    for (const name of [...(before?.tensors.keys() ?? [])]) {
      const found = await readFloat32(after as typeof after & object, name)
      const module = name.replace(/\.weight$/, '')
      if (merged.includes(`merged.${module}`))
        expect(relativeError(found, await reference.read(`merged.${module}`))).toBeLessThan(1e-6)
      else expect(same(found, await readFloat32(before as typeof before & object, name))).toBe(true)
    }
  })

  test('and compute the loss of base and adapter', async () => {
    const opened = await openBaseModel(output)
    const { loss } = await new Evaluator(opened, undefined).evaluate(reference.examples)
    expect(relativeError([loss], await reference.read('loss'))).toBeLessThan(1e-5)
  })
})

test('a checkpoint of the bare decoder, as GPT-2’s own, is merged and computes the same', async () => {
  const reference = await openReference('gpt2')
  const base = join(folder, 'gpt2')
  const file = await openSafetensors(join(base, weights))
  const bare = new Map<string, TensorData>()
  for (const name of file.tensors.keys()) bare.set(name.replace('transformer.', ''), await readTensor(file, name))
  await writeFile(join(base, weights), Buffer.concat(serializeSafetensors(bare)))
  const output = join(folder, 'gpt2-bare-merged')
  const { merged } = await mergeAdapter({ base, adapter: join(reference.folder, 'adapter'), output })
  expect(merged).toBe(8)
  const { loss } = await new Evaluator(await openBaseModel(output), undefined).evaluate(reference.examples)
  expect(relativeError([loss], await reference.read('loss'))).toBeLessThan(1e-5)
})

describe('the folder', () => {
  const base = join(folder, 'llama')
  const adapter = 'test/fixtures/reference/llama/adapter'

  test('has configuration and tokenizer, and is never overwritten', async () => {
    const output = join(folder, 'llama-merged')
    expect((await readdir(output)).sort()).toEqual(['config.json', 'generation_config.json', weights, 'tokenizer.json'])
    await expect(mergeAdapter({ base, adapter, output })).rejects.toMatchObject({ code: 'OL1902' })
  })

  test.each(['bfloat16', 'float16'] as const)('in %s is rounded once', async (dtype) => {
    const output = join(folder, dtype)
    await mergeAdapter({ base, adapter, output, dtype })
    const [exact, rounded] = await Promise.all(
      ['llama-merged', dtype].map((name) => openSafetensors(join(folder, name, weights))),
    )
    for (const name of exact?.tensors.keys() ?? []) {
      const found = await readTensor(rounded as typeof rounded & object, name)
      expect(
        same(found.data, narrow(await readFloat32(exact as typeof exact & object, name), dtype) as Uint8Array),
      ).toBe(true)
    }
    expect(JSON.parse(await readFile(join(output, 'config.json'), 'utf8'))).toMatchObject({ dtype })
    expect(await inspectModel({ path: output })).toMatchObject({
      kind: 'base',
      architecture: 'llama',
      dtypes: { [dtype === 'float16' ? 'F16' : 'BF16']: expect.any(Number) },
      tokenizer: { tokens: 2, chatTemplate: false },
    })
  })

  test('is not written when a weight is too large for the type', async () => {
    const large = join(folder, 'large')
    await cp(adapter, large, { recursive: true })
    const config = JSON.parse(await readFile(join(large, 'adapter_config.json'), 'utf8'))
    await writeFile(join(large, 'adapter_config.json'), JSON.stringify({ ...config, lora_alpha: 1e9 }))
    const merged = mergeAdapter({ base, adapter: large, output: join(folder, 'overflow'), dtype: 'float16' })
    await expect(merged).rejects.toMatchObject({ code: 'OL1338', details: { type: 'float16' } })
    expect((await readdir(folder)).filter((name) => name.includes('overflow'))).toEqual([])
  })

  test('is not there when it was stopped half way', async () => {
    const abort = new AbortController()
    const output = join(folder, 'stopped')
    const stopped = mergeAdapter({ base, adapter, output, signal: abort.signal, onProgress: () => abort.abort() })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect((await readdir(folder)).filter((name) => name.includes('stopped'))).toEqual([])
  })

  test('an adapter is told by its headers', async () => {
    expect(await inspectModel({ path: adapter })).toMatchObject({
      kind: 'adapter',
      rank: 4,
      alpha: 8,
      scaling: 2,
      modules: 14,
      base: null,
    })
    await expect(inspectModel({ path: 'test' })).rejects.toMatchObject({ code: 'OL1302' })
  })
})

describe('numbers in fewer bits', () => {
  test('every float16 comes back, and what lies between goes to the nearest, ties to even', () => {
    const bits = Uint16Array.from({ length: 0x7c00 }, (_, i) => i)
    const values = toFloat32({ dtype: 'F16', shape: [bits.length], data: new Uint8Array(bits.buffer) })
    const between = values.subarray(1).map((value, i) => ((values[i] as number) + value) / 2)
    const half = (numbers: Float32Array): Uint8Array => narrow(numbers, 'float16') as Uint8Array
    expect(same(half(values), bits)).toBe(true)
    expect(
      same(
        half(values.map((x) => -x)),
        bits.map((b) => b | 0x8000),
      ),
    ).toBe(true)
    const even = Uint16Array.from(between, (_, i) => i + (i % 2))
    expect(same(half(between), even)).toBe(true)
  })

  test('bfloat16 likewise', () => {
    const words = Uint32Array.of(0x3f800000, 0x3f808000, 0x3f818000, 0x3f80ffff, 0xbf808001, 0)
    const data = narrow(new Float32Array(words.buffer), 'bfloat16') as Uint8Array
    expect([...new Uint16Array(data.buffer)]).toEqual([0x3f80, 0x3f80, 0x3f82, 0x3f81, 0xbf81, 0])
  })

  test('what is too large is told', () => {
    expect(narrow(Float32Array.of(65519), 'float16')).toEqual(Uint8Array.of(0xff, 0x7b))
    for (const [value, type] of [
      [65520, 'float16'],
      [3.4e38, 'bfloat16'],
      [Number.NaN, 'float16'],
    ] as const)
      expect(narrow(Float32Array.of(value), type)).toBeUndefined()
  })
})
