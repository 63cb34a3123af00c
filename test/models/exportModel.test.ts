import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { mergeAdapter } from '../../src/models/adapter/mergeAdapter.js'
import { exportModel } from '../../src/models/run/exportModel.js'
import {
  openSafetensors,
  readTensor,
  serializeSafetensors,
  type TensorData,
} from '../../src/models/weights/safetensors.js'
import { openReference } from '../fixtures/reference/reference.js'
import { temporaryFolder } from './tinyModel.js'

const folder = temporaryFolder()
const weights = 'model.safetensors'

/** A reference model has no tokenizer. */
async function baseOf(architecture: string): Promise<string> {
  const to = join(folder, architecture)
  await mkdir(to, { recursive: true })
  for (const name of ['config.json', weights])
    await copyFile(join('test/fixtures/reference', architecture, name), join(to, name))
  const model = { type: 'BPE', unk_token: 'a', vocab: { a: 0, b: 1 }, merges: [] }
  const none = { pre_tokenizer: null, decoder: null, normalizer: null, post_processor: null }
  await writeFile(join(to, 'tokenizer.json'), JSON.stringify({ version: '1.0', added_tokens: [], model, ...none }))
  return to
}

/** The largest difference of a logit from PEFT's; what is computed for padding counts for nothing. */
async function largestError(exported: string, architecture: string, length: number): Promise<number> {
  const { examples, read } = await openReference(architecture)
  const expected = await read('logits')
  // ONNX Runtime itself: nothing of ours stands between the file and the numbers.
  const session = await InferenceSession.create(join(exported, 'model.onnx'))
  expect([session.inputNames, session.outputNames]).toEqual([['input_ids'], ['logits']])
  const rows = expected.length / examples.length
  let largest = 0
  for (const [e, { ids }] of examples.entries()) {
    const padded = BigInt64Array.from({ length }, (_, t) => BigInt(ids[t] ?? 7))
    const { logits } = await session.run({ input_ids: new Tensor('int64', padded, [1, length]) })
    const found = logits?.data as Float32Array
    const vocabulary = found.length / length
    expect(logits?.dims).toEqual([1, length, vocabulary])
    for (let i = 0; i < ids.length * vocabulary; i++)
      largest = Math.max(largest, Math.abs((found[i] as number) - (expected[e * rows + i] as number)))
  }
  await session.release()
  return largest
}

test.each([
  ['llama', 20],
  ['gpt2', 24],
  ['gemma3', 32],
] as const)(
  '%s with its adapter computes PEFT’s logits in ONNX Runtime, from a text shorter than the program',
  async (architecture, length) => {
    const base = await baseOf(architecture)
    const adapter = join('test/fixtures/reference', architecture, 'adapter')
    const output = join(folder, `${architecture}-exported`)
    const result = await exportModel({ base, adapter, output, length })
    expect(result).toMatchObject({ output, length, merged: expect.any(Number) })
    expect(await largestError(output, architecture, length)).toBeLessThan(1e-4)
  },
)

describe('the folder', () => {
  const adapter = 'test/fixtures/reference/llama/adapter'

  test('is the merged model in float32, and model.onnx names no operators but standard ones', async () => {
    const base = await baseOf('llama')
    const [merged, exported] = ['merged', 'exported'].map((name) => join(folder, name)) as [string, string]
    await mergeAdapter({ base, adapter, output: merged, dtype: 'float32' })
    const { length } = await exportModel({ base, adapter, output: exported })
    expect(length).toBe(JSON.parse(await readFile(join(base, 'config.json'), 'utf8')).max_position_embeddings)
    const names = await readdir(merged)
    expect((await readdir(exported)).sort()).toEqual([...names, 'model.onnx'].sort())
    for (const name of names) {
      const [ours, theirs] = await Promise.all([exported, merged].map((path) => readFile(join(path, name))))
      expect(ours?.equals(theirs as Buffer)).toBe(true)
    }
    expect((await readFile(join(exported, 'model.onnx'))).includes('com.microsoft')).toBe(false)
  })

  test('in shards keeps them; a mask of integers, as old checkpoints have, is in nobody’s way', async () => {
    const base = await baseOf('llama')
    const file = await openSafetensors(join(base, weights))
    const shards: Map<string, TensorData>[] = [new Map(), new Map()]
    const map: Record<string, string> = {}
    for (const [i, name] of [...file.tensors.keys()].entries()) {
      shards[i % 2]?.set(name, await readTensor(file, name))
      map[name] = `part-${i % 2}.safetensors`
    }
    shards[1]?.set('mask', { dtype: 'U8', shape: [4], data: Uint8Array.of(1, 1, 1, 1) })
    const sharded = join(folder, 'sharded')
    await mkdir(sharded)
    for (const name of ['config.json', 'tokenizer.json']) await copyFile(join(base, name), join(sharded, name))
    for (const [i, shard] of shards.entries())
      await writeFile(join(sharded, `part-${i}.safetensors`), Buffer.concat(serializeSafetensors(shard)))
    const index = { metadata: {}, weight_map: { ...map, mask: 'part-1.safetensors' } }
    await writeFile(join(sharded, 'model.safetensors.index.json'), JSON.stringify(index))
    const output = join(folder, 'sharded-exported')
    await exportModel({ base: sharded, adapter, output, length: 20 })
    expect(await readdir(output)).toContain('part-1.safetensors')
    expect(await largestError(output, 'llama', 20)).toBeLessThan(1e-4)
  })

  test.each([0, 1.5, 1_000_000])('is not made for %d tokens', async (length) => {
    const output = join(folder, 'refused')
    const refused = exportModel({ base: await baseOf('llama'), output, length })
    await expect(refused).rejects.toMatchObject({ code: 'OL1339', details: { length } })
    expect((await readdir(folder)).filter((name) => name.includes('refused'))).toEqual([])
  })
})
