import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sha256File } from '../../src/lora/plan/manifest.js'
import { train } from '../../src/lora/run/train.js'
import type { TrainingSettingsInput } from '../../src/lora/settings/settings.js'
import { build, root } from '../cli/openledger.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from '../models/tinyModel.js'

// Before the folder around it is removed.
afterAll(() => void (isMounted && spawnSync('umount', [disk])))

const folder = temporaryFolder()
const base = join(folder, 'base')
const data = join(folder, 'records.jsonl')
const settings: TrainingSettingsInput = { rank: 16, maxSteps: 6, batchSize: 2, saveSteps: 1, learningRate: 0.01 }
let whole: string

beforeAll(async () => {
  await writeTinyModel(base)
  await writeJsonLines(
    data,
    ['low', 'high', 'slack', 'neap'].map((water) => ({ prompt: `${water}?`, completion: `${water} water` })),
  )
  await train({ base, data, output: join(folder, 'whole'), settings })
  whole = await sha256File(join(folder, 'whole/adapter_model.safetensors'))
})

/** The hashes of all files of a folder. */
const contents = async (path: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(readdirSync(path).map(async (name) => [name, await sha256File(join(path, name))] as const)),
  )

const disk = join(folder, 'disk')
mkdirSync(disk)
/** Only root may mount, and not in every container. */
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status === 0

/** Writes a file until the disk is full but for so many bytes. */
function fill(path: string, spared: number): void {
  const file = openSync(path, 'w')
  const { bavail, bsize } = statfsSync(disk)
  const bytes = Buffer.alloc(bavail * bsize - spared)
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
  closeSync(file)
}

const onDisk = isMounted ? describe : describe.skip
onDisk(`a disk that is full${isMounted ? '' : ' (skipped: only root can mount a small one)'}`, () => {
  // Nothing, the adapter, or adapter and optimizer: the checkpoint needs some 60 kB.
  test.each([8192, 24_576, 49_152])('in a checkpoint, with %i bytes left', async (spared) => {
    const output = join(disk, `adapter-${spared}`)
    const filler = join(disk, 'filler')
    const partial = `${output}.partial`
    let before: Record<string, string> = {}
    const done = train({
      base,
      data,
      output,
      settings,
      onStep: ({ step }) => void (step === 3 && fill(filler, spared)),
    })
    await expect(done).rejects.toMatchObject({
      code: 'OL1901',
      message: expect.stringMatching(/checkpoint-3\b.*no space left on the disk/),
    })
    expect(readdirSync(partial).sort()).toEqual(['checkpoint-1', 'checkpoint-2', 'metrics.jsonl'])
    before = await contents(join(partial, 'checkpoint-2'))

    // Still full: again a numbered error, and what is kept stays.
    const again = train({ base, data, output, settings, resume: true })
    await expect(again).rejects.toMatchObject({ code: 'OL1901' })
    expect(await contents(join(partial, 'checkpoint-2'))).toEqual(before)

    rmSync(filler)
    const steps: number[] = []
    await train({ base, data, output, settings, resume: true, onStep: ({ step }) => void steps.push(step) })
    expect(steps).toEqual([3, 4, 5, 6])
    expect(await sha256File(join(output, 'adapter_model.safetensors'))).toBe(whole)
    rmSync(output, { recursive: true })
  })

  test('when the adapter is written: the last checkpoint is there, and --resume writes it', async () => {
    const output = join(disk, 'adapter')
    const filler = join(disk, 'filler')
    const onCheckpoint = (step: number): void => void (step === 5 && fill(filler, 8192))
    const settingsOfFive = { ...settings, saveSteps: 5 }
    const done = train({ base, data, output, settings: settingsOfFive, onCheckpoint })
    await expect(done).rejects.toMatchObject({ code: 'OL1901', message: expect.stringContaining('no space left') })
    expect(readdirSync(disk).filter((name) => name.startsWith('adapter'))).toEqual(['adapter.partial'])
    rmSync(filler)
    await train({ base, data, output, settings: settingsOfFive, resume: true })
    expect(await sha256File(join(output, 'adapter_model.safetensors'))).toBe(whole)
  })
})

describe('files that may grow no further (RLIMIT_FSIZE)', () => {
  beforeAll(build)

  const resume = (output: string, limit: string) =>
    spawnSync(
      'bash',
      [
        ...['-c', `ulimit -f ${limit} && exec "$@"`, 'bash', process.execPath, join(root, 'bin/openledger.js')],
        ...['train', '--base', base, '--data', data, '--output', output, '--rank', '16', '--max-steps', '6'],
        ...['--batch-size', '2', '--learning-rate', '0.01', '--save-steps', '1', '--resume'],
      ],
      { cwd: folder, encoding: 'utf8' },
    )

  test('the command says what is kept and how to go on, and goes on with room again', async () => {
    const output = join(folder, 'limited')
    const abort = new AbortController()
    const onStep = ({ step }: { readonly step: number }): void => void (step === 2 && abort.abort())
    await expect(train({ base, data, output, settings, onStep, signal: abort.signal })).rejects.toThrow()
    const kept = join(`${output}.partial`, 'checkpoint-2')
    const before = await contents(kept)

    // Sixteen blocks of 1024 bytes hold every file of a checkpoint but the optimizer's moments.
    const failed = resume(output, '16')
    expect(failed.stderr).toMatch(/OL1901 Cannot write .*checkpoint-3.*: the file is larger than the system allows/)
    expect(failed.stderr).toContain('2 steps are saved in limited.partial; the same command with --resume continues')
    expect(failed.status).toBe(1)
    expect(readdirSync(`${output}.partial`).sort()).toEqual(['checkpoint-1', 'checkpoint-2', 'metrics.jsonl'])
    expect(await contents(kept)).toEqual(before)

    const { status, stderr } = resume(output, 'unlimited')
    expect([status, stderr]).toEqual([0, expect.stringContaining('Going on behind step 2')])
    expect(await sha256File(join(output, 'adapter_model.safetensors'))).toBe(whole)
  })
})
