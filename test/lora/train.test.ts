import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { processIdentity } from '../../src/files/processIdentity.js'
import { readJsonLines } from '../../src/files/readJsonLines.js'
import { readManifest, sha256File } from '../../src/lora/plan/manifest.js'
import { type TrainParameters, train } from '../../src/lora/run/train.js'
import type { TrainingSettingsInput } from '../../src/lora/settings/settings.js'
import { openAdapter } from '../../src/models/adapter/adapter.js'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { float32Tensor, type TensorData } from '../../src/models/weights/safetensors.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from '../models/tinyModel.js'

const folder = temporaryFolder()
const base = join(folder, 'base')
const data = join(folder, 'records.jsonl')
const settings: TrainingSettingsInput = { rank: 2, alpha: 4, epochs: 2, batchSize: 2, learningRate: 0.01, seed: 9 }

beforeAll(async () => {
  await writeTinyModel(base)
  await writeJsonLines(
    data,
    ['low', 'high', 'slack', 'neap', 'spring'].map((water) => ({ prompt: `${water}?`, completion: `${water} water` })),
  )
})

/** Trains into a folder of its own, beside which nothing else may appear. */
async function trainInto(name: string, changes: Partial<TrainParameters> = {}) {
  const place = join(folder, name)
  await mkdir(place, { recursive: true })
  const output = join(place, 'adapter')
  const done = train({ base, data, output, settings, ...changes })
  return { place, output, done }
}

describe('training', () => {
  test('writes an adapter folder and nothing beside it', async () => {
    const { place, output, done } = await trainInto('first', { settings: { ...settings, evalSplit: 0.2 } })
    const { manifest, plan, result } = await done
    expect(await readdir(place)).toEqual(['adapter'])
    expect((await readdir(output)).sort()).toEqual([
      'README.md',
      'adapter_config.json',
      'adapter_model.safetensors',
      'metrics.jsonl',
      'report.html',
      'training-manifest.json',
    ])
    expect(await readManifest(output)).toEqual(manifest)
    expect(manifest.adapterHash).toBe(await sha256File(join(output, 'adapter_model.safetensors')))
    expect(manifest.data).toMatchObject({ path: '../../records.jsonl', trained: 4, heldOut: 1 })
    expect([plan.steps, manifest.steps, result.history.length]).toEqual([4, 4, 4])
    const metrics = (await readJsonLines(join(output, 'metrics.jsonl'))).map(({ value }) => value)
    expect(metrics.map(({ step, evalLoss }) => [step, typeof evalLoss])).toEqual([
      [0, 'number'],
      ...[1, 2, 3, 4].map((step) => [step, 'undefined']),
      [4, 'number'],
    ])
    expect(metrics[1]).toEqual({
      step: 1,
      epoch: 1,
      loss: result.history[0]?.loss,
      learningRate: result.history[0]?.learningRate,
      gradientNorm: result.history[0]?.gradientNorm,
      tokens: result.history[0]?.tokens,
      tokensPerSecond: expect.any(Number),
      seconds: expect.any(Number),
      memoryBytes: expect.any(Number),
    })
    expect(metrics.at(-1)?.['evalLoss']).toBe(manifest.evalLoss?.after)
    const { values } = await openAdapter(output, await openBaseModel(base))
    expect(values).toEqual(result.adapter.values)
  })

  test('every step can be read beside the folder as soon as it is done', async () => {
    const seen: number[] = []
    const { done } = await trainInto('followed', {
      onStep: () =>
        seen.push(
          readFileSync(join(folder, 'followed', 'adapter.partial', 'metrics.jsonl'), 'utf8').split('\n').length - 1,
        ),
    })
    await done
    expect(seen).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('the same seed gives the same bytes, another seed others', async () => {
    const hashOf = async (name: string, seed: number): Promise<string> =>
      (await (await trainInto(name, { settings: { ...settings, seed } })).done).manifest.adapterHash
    const hash = await hashOf('again-1', 9)
    expect(await hashOf('again-2', 9)).toBe(hash)
    expect(await hashOf('again-3', 10)).not.toBe(hash)
  })

  test('the size of micro-batches changes nothing but rounding', async () => {
    const lossesOf = async (name: string, changes: TrainingSettingsInput): Promise<number[]> => {
      const { result } = await (await trainInto(name, { settings: { ...settings, ...changes } })).done
      return result.history.map(({ loss }) => loss)
    }
    const whole = await lossesOf('micro-1', { batchSize: 4 })
    const parts = await lossesOf('micro-2', { batchSize: 1, gradientAccumulation: 4 })
    for (const [i, loss] of whole.entries()) expect(parts[i]).toBeCloseTo(loss, 5)
  })

  test('a batch larger than the data takes the data', async () => {
    const { result } = await (await trainInto('large', { settings: { ...settings, batchSize: 1e9 } })).done
    expect(result.history.length).toBe(2)
  })

  test('the manifest names the bytes that were read, though the file changes meanwhile', async () => {
    const changing = join(folder, 'changing.jsonl')
    await cp(data, changing)
    const hash = await sha256File(changing)
    const { done } = await trainInto('changing', {
      data: changing,
      onPlan: () => spawnSync('sh', ['-c', `echo '{"text":"more"}' >> '${changing}'`]),
    })
    expect((await done).manifest.data.sha256).toBe(hash)
    expect(await sha256File(changing)).not.toBe(hash)
  })
})

describe('numbers that are not finite are never written', () => {
  test('a base model with NaN weights', async () => {
    const change = (tensors: Map<string, TensorData>): void => {
      tensors.set('model.norm.weight', float32Tensor(new Float32Array(16).fill(Number.NaN), [16]))
    }
    const damaged = await writeTinyModel(join(folder, 'damaged'), { change })
    const { place, done } = await trainInto('nan', { base: damaged })
    await expect(done).rejects.toMatchObject({ code: 'OL1408' })
    expect(await readdir(place)).toEqual([])
  })

  test.each([1, 4])('a run of %i steps that diverges', async (maxSteps) => {
    const { place, done } = await trainInto(`diverging-${maxSteps}`, {
      settings: { ...settings, maxSteps, learningRate: 1e38, warmup: 0 },
      evalData: data,
    })
    await expect(done).rejects.toMatchObject({ code: 'OL1402' })
    expect(await readdir(place)).toEqual([])
  })
})

describe('the output folder', () => {
  test('of an adapter is replaced only when that is asked for', async () => {
    const { output, done } = await trainInto('replaced')
    await done
    await writeFile(join(output, 'influence-index.safetensors'), 'of the old adapter')
    await expect(train({ base, data, output, settings })).rejects.toMatchObject({ code: 'OL1902' })
    await train({ base, data, output, settings, overwrite: true })
    expect(await readdir(output)).not.toContain('influence-index.safetensors')
    expect(await readdir(join(folder, 'replaced'))).toEqual(['adapter'])
  })

  test('of anything else is never replaced', async () => {
    const { output, done } = await trainInto('precious', { output: folder, overwrite: true })
    await expect(done).rejects.toMatchObject({ code: 'OL1902' })
    await writeFile(output, 'a file of the user')
    await expect(train({ base, data, output, settings, overwrite: true })).rejects.toMatchObject({ code: 'OL1901' })
    expect(await readFile(output, 'utf8')).toBe('a file of the user')
  })

  test('that cannot be written is noticed before the first step', async () => {
    let steps = 0
    const { done } = await trainInto('blocked', { output: join(data, 'adapter'), onStep: () => void steps++ })
    await expect(done).rejects.toMatchObject({ code: 'OL1901' })
    expect(steps).toBe(0)
  })

  test('that another process trains into is left alone, and says whose it is', async () => {
    const place = join(folder, 'locked')
    await mkdir(place)
    const lock = join(place, '.adapter.lock')
    await symlink(`${process.pid} ${processIdentity(process.pid)}`, lock)
    const { done } = await trainInto('locked')
    await expect(done).rejects.toMatchObject({
      code: 'OL1405',
      details: { holder: process.pid },
    })
    expect(await readdir(place)).toEqual(['.adapter.lock'])
  })

  test.each([
    ['a process that has ended', (path: string) => symlink(`${spawnSync(process.execPath, ['-e', '']).pid} 1`, path)],
    ['an earlier process with the same id', (path: string) => symlink(`${process.pid} 1`, path)],
    ['an earlier version of openledger', (path: string) => writeFile(path, String(process.pid))],
  ])('the lock of %s is taken over', async (owner, leave) => {
    const name = owner.replaceAll(' ', '-')
    const place = join(folder, name)
    await mkdir(place)
    await leave(join(place, '.adapter.lock'))
    await (await trainInto(name)).done
    expect(await readdir(place)).toEqual(['adapter'])
  })

  test('of two that start at once, one trains', async () => {
    const started = await Promise.all([trainInto('race'), trainInto('race')])
    const ended = await Promise.allSettled(started.map(({ done }) => done))
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const failed = ended.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect(['OL1405', 'OL1902']).toContain(failed.reason.code)
    expect(await readdir(join(folder, 'race'))).toEqual(['adapter'])
  })
})

test('an abort before the first step leaves nothing behind', async () => {
  const { place, done } = await trainInto('aborted', { signal: AbortSignal.abort() })
  await expect(done).rejects.toMatchObject({ name: 'AbortError' })
  expect(await readdir(place)).toEqual([])
})

describe('data with nothing to learn', () => {
  test.each<[string, Partial<TrainParameters>]>([
    ['a maximum length within the prompt', { settings: { ...settings, maxLength: 2 } }],
    ['held-out records that do not fit', { evalData: join(folder, 'long.jsonl') }],
  ])('%s', async (_, changes) => {
    await writeJsonLines(join(folder, 'long.jsonl'), [{ prompt: 'water '.repeat(100), completion: 'low' }])
    await expect((await trainInto('nothing', changes)).done).rejects.toMatchObject({ code: 'OL1401' })
  })
})

describe('DoRA with products in int8', () => {
  const refusal = { code: 'OL1400', exitCode: 2, details: expect.objectContaining({ setting: 'compute' }) }

  test('is refused before anything is written', async () => {
    const output = join(folder, 'dora-int8')
    const done = train({ base, data, output, settings: { useDora: true, compute: 'int8' } })
    await expect(done).rejects.toMatchObject(refusal)
    expect(existsSync(output)).toBe(false)
  })

  test('also where the adapter to train further is the one with DoRA', async () => {
    const first = join(folder, 'dora-first')
    await train({ base, data, output: first, settings: { useDora: true, maxSteps: 1 } })
    const done = train({
      base,
      data,
      initAdapter: first,
      output: join(folder, 'dora-further'),
      settings: { compute: 'int8' },
    })
    await expect(done).rejects.toMatchObject(refusal)
  })
})
