import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { train } from '../../src/lora/run/train.js'
import type { OnOtherBase } from '../../src/models/adapter/adapterOrigin.js'
import { mergeAdapter } from '../../src/models/adapter/mergeAdapter.js'
import { evaluateFiles } from '../../src/models/run/evaluateFiles.js'
import { exportModel } from '../../src/models/run/exportModel.js'
import { generateText } from '../../src/models/run/generateText.js'
import { temporaryFolder, writeJsonLines, writeTinyModel } from './tinyModel.js'

const folder = temporaryFolder()
const [own, other, adapter, data] = ['own', 'other', 'adapter', 'records.jsonl'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
  string,
]

beforeAll(async () => {
  await writeTinyModel(own)
  await writeTinyModel(other, { config: { rms_norm_eps: 1e-6 } })
  await writeJsonLines(data, [{ prompt: 'When?', completion: 'At slack water' }])
  await train({ base: own, data, output: adapter, settings: { rank: 2, maxSteps: 1 } })
})

let made = 0
const actions: readonly [string, (base: string, onOtherBase?: OnOtherBase) => Promise<unknown>][] = [
  [
    'generate',
    (base, told) =>
      generateText({ base, adapter, prompt: 'When?', maximumTokens: 1, ...(told && { onOtherBase: told }) }),
  ],
  ['eval', (base, told) => evaluateFiles({ base, adapter, data: [data], ...(told && { onOtherBase: told }) })],
  [
    'merge',
    (base, told) =>
      mergeAdapter({ base, adapter, output: join(folder, `m${made++}`), ...(told && { onOtherBase: told }) }),
  ],
  [
    'export',
    (base, told) =>
      exportModel({ base, adapter, output: join(folder, `x${made++}`), length: 4, ...(told && { onOtherBase: told }) }),
  ],
  [
    'train further',
    (base, told) =>
      train({
        base,
        data,
        initAdapter: adapter,
        output: join(folder, `t${made++}`),
        settings: { maxSteps: 1 },
        ...(told && { onOtherBase: told }),
      }),
  ],
]

describe.each(actions)('%s', (_, act) => {
  test('takes the base that the adapter was trained on, without a word', async () => {
    const said: string[] = []
    await act(own, (warning) => said.push(warning))
    await act(own)
    expect(said).toEqual([])
  })

  test('refuses another base of the same shape, or goes on with a warning', async () => {
    await expect(act(other)).rejects.toMatchObject({
      code: 'OL1426',
      exitCode: 6,
      hint: expect.stringContaining('--force'),
    })
    const said: string[] = []
    await act(other, (warning) => said.push(warning))
    expect(said).toEqual([expect.stringContaining('was trained on another base model')])
  })
})

test('a manifest that names no base is an error, not an adapter of another tool', async () => {
  const path = join(adapter, 'training-manifest.json')
  const text = await readFile(path, 'utf8')
  await writeFile(path, '{}')
  await expect(evaluateFiles({ base: own, adapter, data: [data] })).rejects.toMatchObject({ code: 'OL1403' })
  await writeFile(path, text)
})
