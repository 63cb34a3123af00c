import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { appendFile, cp, mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { readManifest, sha256File } from '../../src/lora/plan/manifest.js'
import { type TrainParameters, train } from '../../src/lora/run/train.js'
import type { TrainingSettingsInput } from '../../src/lora/settings/settings.js'
import { openAdapter } from '../../src/models/adapter/adapter.js'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { runtimeVersion } from '../../src/onnx/runtime/Program.js'
import { version } from '../../src/version.js'
import { build, openledger, root } from '../cli/openledger.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from '../models/tinyModel.js'

const folder = temporaryFolder()
const base = join(folder, 'base')
const data = join(folder, 'records.jsonl')
const waters = ['low', 'high', 'slack', 'neap', 'spring', 'ebb', 'flood']
const settings: TrainingSettingsInput = {
  rank: 2,
  epochs: 3,
  batchSize: 2,
  gradientAccumulation: 2,
  dropout: 0.2,
  useDora: true,
  learningRate: 0.01,
  lrScheduler: 'linear',
  saveSteps: 2,
}

beforeAll(async () => {
  build()
  await writeTinyModel(base)
  await writeJsonLines(
    data,
    waters.map((water) => ({ prompt: `${water}?`, completion: `${water} water` })),
  )
  // The build alone takes minutes where other work has the cores.
})

const weights = (output: string): Promise<string> => sha256File(join(output, 'adapter_model.safetensors'))
const losses = (output: string): unknown[] =>
  readFileSync(join(output, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ step, loss, evalLoss, learningRate, gradientNorm, tokens }) => [
      step,
      loss ?? evalLoss,
      learningRate,
      gradientNorm,
      tokens,
    ])

/** Trains until `step`, and is interrupted there. */
async function interrupted(
  name: string,
  step: number,
  changes: Partial<TrainParameters> = {},
): Promise<TrainParameters> {
  const abort = new AbortController()
  const parameters = { base, data, output: join(folder, name, 'adapter'), settings, ...changes }
  const done = train({
    ...parameters,
    signal: abort.signal,
    onStep: (report) => void (report.step === step && abort.abort()),
  })
  await expect(done).rejects.toMatchObject({ name: 'AbortError' })
  return parameters
}

describe('killed with SIGKILL', () => {
  const options = ['--rank', '2', '--batch-size', '2', '--epochs', '4', '--eval-split', '0.2', '--eval-steps', '5']
  const start = (output: string) =>
    spawn(
      process.execPath,
      [join(root, 'bin/openledger.js'), 'train', '--base', base, '--data', data, '--output', output, '--resume'].concat(
        options,
        '--save-steps',
        '1',
        '--learning-rate',
        '0.01',
        '--loss-on',
        'all',
      ),
      { cwd: folder, stdio: 'ignore' },
    )

  test('at any moment, --resume ends with the bytes and losses of an uninterrupted run', async () => {
    const whole = join(folder, 'whole/adapter')
    expect(await once(start(whole), 'exit')).toEqual([0, null])

    const output = join(folder, 'killed/adapter')
    const partial = `${output}.partial`
    const names = (): string[] => {
      try {
        return readdirSync(partial)
      } catch (error) {
        // Not there yet, or renamed to the output between two looks.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      }
    }
    const moments: Readonly<Record<string, () => boolean>> = {
      'before the first step': () => existsSync(join(partial, 'metrics.jsonl')),
      'while a checkpoint is written': () => names().some((name) => name.startsWith('.checkpoint')),
      'in a step': () => names().includes('checkpoint-4'),
      'while the adapter is written': () => names().includes('adapter_model.safetensors'),
      'when all is done': () => existsSync(join(output, 'adapter_model.safetensors')),
    }
    for (const [moment, isNow] of Object.entries(moments)) {
      const child = start(output)
      const ended = once(child, 'exit')
      while (child.exitCode === null && !isNow()) await sleep(1)
      child.kill('SIGKILL')
      expect([moment, (await ended).includes('SIGKILL') || existsSync(output)]).toEqual([moment, true])
    }
    expect(await once(start(output), 'exit')).toEqual([0, null])
    expect(await weights(output)).toBe(await weights(whole))
    expect(losses(output)).toEqual(losses(whole))
    expect(readdirSync(join(folder, 'killed'))).toEqual(['adapter'])
    // Seven processes: on a machine with other work to do each may take its time.
  })
})

describe('interrupted', () => {
  let whole: string
  beforeAll(async () => {
    whole = join(folder, 'reference/adapter')
    await train({ base, data, output: whole, settings })
  })

  test('in the middle of a step: the whole steps are kept, and the end is the same', async () => {
    const abort = new AbortController()
    const { signal } = abort
    let asked = 0
    // Every micro-batch asks once, two in a step: the eighth is the second of step 4.
    Object.defineProperty(signal, 'aborted', {
      get() {
        if (++asked === 8) abort.abort()
        return asked >= 8
      },
    })
    const parameters = { base, data, output: join(folder, 'middle/adapter'), settings }
    const done = train({ ...parameters, signal })
    await expect(done).rejects.toMatchObject({ name: 'AbortError' })
    expect(readdirSync(`${parameters.output}.partial`)).toContain('checkpoint-3')
    let resumedAt = 0
    const steps: number[] = []
    const { result } = await train({
      ...parameters,
      resume: true,
      onResume: (step) => {
        resumedAt = step
      },
      onStep: ({ step }) => void steps.push(step),
    })
    expect([resumedAt, steps]).toEqual([3, [4, 5, 6]])
    expect(result.history.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6])
    expect(await weights(parameters.output)).toBe(await weights(whole))
    expect(losses(parameters.output)).toEqual(losses(whole))
  })

  test.each<TrainingSettingsInput>([
    { optimizer: 'sgd', momentum: 0.9, loraplusLrRatio: 4 },
    { optimizer: 'sgd', maxGradNorm: 0 },
    { optimizer: 'adafactor', groupByLength: true },
    { optimizer: 'lion', neftuneNoiseAlpha: 5 },
    { dropout: 0, neftuneNoiseAlpha: 5, groupByLength: true, packing: true, maxLength: 32 },
  ])('the same bytes with %j, and others than without', async (choice) => {
    const name = `choice-${JSON.stringify(choice).replace(/\W/g, '')}`
    const chosen = { settings: { ...settings, ...choice } }
    const output = join(folder, name, 'whole')
    await train({ base, data, output, ...chosen })
    expect(await weights(output)).not.toBe(await weights(whole))
    const parameters = await interrupted(name, 2, chosen)
    await train({ ...parameters, resume: true })
    expect(await weights(parameters.output)).toBe(await weights(output))
  })

  test('a checkpoint opens as an adapter', async () => {
    const { output } = await interrupted('opened', 2)
    const { values } = await openAdapter(join(`${output}.partial`, 'checkpoint-2'), await openBaseModel(base))
    expect(values.some((value) => value !== 0)).toBe(true)
  })

  test('without --resume nothing is given up unasked', async () => {
    const parameters = await interrupted('unasked', 2)
    await expect(train(parameters)).rejects.toMatchObject({ code: 'OL1420', details: { step: 2 } })
    const steps: number[] = []
    await train({ ...parameters, overwrite: true, onStep: ({ step }) => void steps.push(step) })
    expect(steps[0]).toBe(1)
    expect(await weights(parameters.output)).toBe(await weights(whole))
  })

  test('with nothing kept, --resume begins; with all done, it trains nothing', async () => {
    const parameters = { base, data, output: join(folder, 'begun/adapter'), settings, resume: true }
    const first = await train(parameters)
    const again = await train({ ...parameters, onStep: () => expect('a step').toBe('none') })
    expect(again.manifest).toEqual(first.manifest)
    expect(again.result.history).toEqual(first.result.history)
  })

  test('a damaged checkpoint is refused, and the one before it is as good', async () => {
    const parameters = await interrupted('damaged', 5)
    const newest = join(`${parameters.output}.partial`, 'checkpoint-5')
    await truncate(join(newest, 'optimizer.safetensors'), 100)
    await expect(train({ ...parameters, resume: true })).rejects.toMatchObject({ code: 'OL1423' })
    await rm(newest, { recursive: true })
    await train({ ...parameters, resume: true })
    expect(await weights(parameters.output)).toBe(await weights(whole))
  })
})

describe('what has changed is not resumed, and is named', () => {
  const held = join(folder, 'held.jsonl')

  test.each<[string, (parameters: TrainParameters) => Promise<Partial<TrainParameters>>, object]>([
    [
      'a setting',
      async () => ({ settings: { ...settings, rank: 4, seed: 1 } }),
      { code: 'OL1422', details: { changes: 'rank is 4, was 2; seed is 1, was 0' } },
    ],
    [
      'the data',
      async () => {
        const other = join(folder, 'other.jsonl')
        await cp(data, other)
        await appendFile(other, '{"text":"more"}\n')
        return { data: other }
      },
      { code: 'OL1421', details: { what: 'data' } },
    ],
    ['the evaluation data', async () => ({ evalData: data }), { code: 'OL1421', details: { what: 'evaluation data' } }],
    [
      'the base model',
      async () => {
        const other = join(folder, 'other-base')
        await writeTinyModel(other, { config: { rms_norm_eps: 1e-6 } })
        return { base: other }
      },
      { code: 'OL1421', details: { what: 'base model' } },
    ],
  ])('%s', async (name, change, error) => {
    await writeJsonLines(held, [{ prompt: 'ebb?', completion: 'ebb' }])
    const parameters = await interrupted(`changed-${name}`, 1, { evalData: held })
    const changed = { ...parameters, ...(await change(parameters)), resume: true }
    await expect(train(changed)).rejects.toMatchObject(error)
    // The checkpoint is still there for the user who fixes the cause.
    await train({ ...parameters, resume: true })
  })

  test('how often checkpoints are kept may change', async () => {
    const parameters = await interrupted('often', 1)
    await train({ ...parameters, settings: { ...settings, saveSteps: 1, saveTotalLimit: 2 }, resume: true })
    const names = await readdir(parameters.output)
    expect(names.filter((name) => name.startsWith('checkpoint'))).toEqual(['checkpoint-4', 'checkpoint-5'])
  })
})

describe('what computes', () => {
  const changed = async (name: string, engine: object | undefined): Promise<readonly string[]> => {
    const parameters = await interrupted(name, 2)
    const path = join(`${parameters.output}.partial`, 'checkpoint-2/training-state.json')
    const state = JSON.parse(readFileSync(path, 'utf8'))
    expect(state.engine).toMatchObject({ device: 'cpu', threads: cpus().length })
    await writeFile(path, JSON.stringify({ ...state, engine: engine && { ...state.engine, ...engine } }))
    let told: readonly string[] = ['nothing told']
    const onResume = (_step: number, _metrics: unknown, changes: readonly string[]): void => {
      told = changes
    }
    await train({ ...parameters, resume: true, onResume })
    return told
  }

  test('is another machine, version or device: resumed, and each is named', async () => {
    expect(await changed('engine', { openledger: '0.0.1', onnxRuntime: '1.29.0', threads: 64 })).toEqual([
      `openledger is ${version}, was 0.0.1`,
      `ONNX Runtime is ${runtimeVersion}, was 1.29.0`,
      `the number of threads is ${cpus().length}, was 64`,
    ])
  })

  test('is the same: nothing is told', async () => {
    expect(await changed('same-engine', {})).toEqual([])
  })

  test('is not in a checkpoint of the first versions: nothing is told', async () => {
    expect(await changed('no-engine', undefined)).toEqual([])
  })
})

describe('the command', () => {
  const words = ['train', '--base', base, '--data', data, '--output', 'stopped-adapter', '--rank', '2']

  test('interrupted says how many steps are kept and to add --resume; resumed elsewhere it warns once', async () => {
    const program = spawn(
      process.execPath,
      [join(root, 'bin/openledger.js'), ...words, '--max-steps', '400', '--save-steps', '1000'],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let text = ''
    program.stderr.on('data', (chunk) => {
      text += chunk
    })
    const metrics = join(folder, 'stopped-adapter.partial/metrics.jsonl')
    while (!existsSync(metrics) || readFileSync(metrics, 'utf8').split('\n').length < 3) await sleep(5)
    program.kill('SIGINT')
    expect(await once(program, 'exit')).toEqual([130, null])
    const step = /OL1428 Interrupted by SIGINT; (\d+) steps are saved in stopped-adapter\.partial/.exec(text)?.[1]
    expect(Number(step)).toBeGreaterThan(0)
    expect(text).toContain('Run the same command with --resume')
    expect(text).not.toContain('OL1010')

    const path = join(folder, `stopped-adapter.partial/checkpoint-${step}/training-state.json`)
    const state = JSON.parse(readFileSync(path, 'utf8'))
    await writeFile(path, JSON.stringify({ ...state, engine: { ...state.engine, threads: 64 } }))
    const resumed = openledger([...words, '--max-steps', '400', '--save-steps', '1000', '--resume'], { cwd: folder })
    expect(resumed.status).toBe(0)
    const warnings = resumed.stderr.split('\n').filter((line) => line.includes('was 64'))
    expect(warnings).toEqual([expect.stringContaining('may differ in its last bits')])
  })
})

describe('evaluation in between', () => {
  // What is learned of the one makes the other less likely: the loss of the held-out record rises again.
  const trained = join(folder, 'trained.jsonl')
  const held = join(folder, 'held-out.jsonl')
  const stopping = {
    ...settings,
    dropout: 0,
    useDora: false,
    saveSteps: undefined,
    epochs: 12,
    learningRate: 0.05,
    earlyStopping: 2,
    lossOn: 'all' as const,
  }
  beforeAll(async () => {
    await writeJsonLines(
      trained,
      waters.slice(0, 4).map((water) => ({ text: `The ${water} water` })),
    )
    await writeJsonLines(held, [{ text: 'The water' }])
  })

  test('early stopping gives back the best adapter, also after a resumption', async () => {
    const output = join(folder, 'stopped/adapter')
    const { result, manifest } = await train({ base, data: trained, evalData: held, output, settings: stopping })
    const evaluations = losses(output).filter((line) => (line as unknown[])[2] === undefined) as [number, number][]
    const [bestStep, best] = evaluations.slice(1).reduce((a, b) => (b[1] < a[1] ? b : a))
    expect(result.history.length).toBe(bestStep + 2)
    expect(result.history.length).toBeLessThan(12)
    expect(manifest.best).toEqual({ step: bestStep, loss: best })
    expect(manifest.evalLoss?.after).toBe(best)
    // Trained for as many steps and no more, it is the same adapter.
    const short = join(folder, 'short/adapter')
    await interrupted('short', bestStep, { data: trained, evalData: held, settings: stopping })
    expect(await weights(join(`${short}.partial`, `checkpoint-${bestStep}`))).toBe(await weights(output))
    await train({ base, data: trained, evalData: held, output: short, settings: stopping, resume: true })
    expect(await weights(short)).toBe(await weights(output))
    expect(losses(short)).toEqual(losses(output))
    expect(readdirSync(short)).toEqual(readdirSync(output))
  })

  test('without early stopping the adapter is the last, and the best checkpoint stays', async () => {
    const output = join(folder, 'evaluated/adapter')
    const { earlyStopping: _, ...rest } = stopping
    const { manifest } = await train({
      base,
      data: trained,
      evalData: held,
      output,
      settings: { ...rest, evalSteps: 1 },
    })
    expect(manifest.steps).toBe(12)
    const kept = readdirSync(output).filter((name) => name.startsWith('checkpoint'))
    expect(kept).toEqual([`checkpoint-${manifest.best?.step}`])
    expect((await readManifest(output)).evalLoss?.after).toBeGreaterThan(manifest.best?.loss as number)
  })

  test('needs records to evaluate on', async () => {
    const output = join(folder, 'none/adapter')
    const done = train({ base, data: trained, output, settings: stopping })
    await expect(done).rejects.toMatchObject({ code: 'OL1424', exitCode: 2 })
    await mkdir(join(folder, 'none'), { recursive: true })
    await writeFile(join(folder, 'none/mark'), '')
    expect(await readdir(join(folder, 'none'))).toEqual(['mark'])
  })
})
