import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { processIdentity } from '../../src/files/processIdentity.js'
import { train } from '../../src/lora/run/train.js'
import { float32Tensor } from '../../src/models/weights/safetensors.js'
import { tinyConfig, writeTinyModel } from '../models/tinyModel.js'
import { Place } from './workspace.js'

const place = new Place()
const mounted: string[] = []
afterAll(() => {
  for (const folder of mounted) spawnSync('umount', [folder])
  place.remove()
})

/** The files of one case before the command runs. */
interface Case {
  path(...parts: string[]): string
  write(name: string, content: string | Uint8Array): void
  link(name: string, to: string): void
}

interface Breakage {
  /** Another command than `train`, with all of its words. */
  readonly words?: string
  /** Flags that are given, instead of or besides those of a run that works. */
  readonly flags?: Readonly<Record<string, string>>
  readonly prepare?: (at: Case) => unknown
  readonly code: string
  /** Exit code, by default 1. */
  readonly status?: number
  /** What the message names: file, line, field, tensor. */
  readonly says: readonly (string | RegExp)[]
}

const records = ['low', 'high', 'slack', 'neap', 'spring'].map((water) => ({
  prompt: `${water}?`,
  completion: `${water} water`,
}))
const lines = records.map((record) => `${JSON.stringify(record)}\n`)

/** A copy of the sound base with something changed. */
const otherBase =
  (model: Parameters<typeof writeTinyModel>[1]) =>
  (at: Case): Promise<string> =>
    writeTinyModel(at.path('other'), model)
const other = { base: 'other' }
const data = (content: string | Uint8Array) => ({
  flags: { data: 'bad.jsonl' },
  prepare: (at: Case) => at.write('bad.jsonl', content),
})
const config = (changes: Readonly<Record<string, unknown>>) => ({
  flags: other,
  prepare: async (at: Case) => {
    await writeTinyModel(at.path('other'))
    at.write('other/config.json', JSON.stringify({ ...tinyConfig, ...changes }))
  },
})
/** A sound base whose weights file is written over. */
const weights = (change: (bytes: Buffer) => Uint8Array) => ({
  flags: other,
  prepare: async (at: Case) => {
    await writeTinyModel(at.path('other'))
    at.write('other/model.safetensors', change(readFileSync(at.path('other/model.safetensors'))))
  },
})
const withHeader = (header: string): Buffer => {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(64)])
}

const breakages: Readonly<Record<string, Breakage>> = {
  'a line that is not JSON': {
    ...data(`${lines[0]}{"prompt": "low?", \n`),
    code: 'OL1904',
    says: ['Line 2', 'bad.jsonl'],
  },
  'a line that is no record': {
    ...data(`${lines[0]}{"question":"low?"}\n`),
    code: 'OL1311',
    says: ['line 2', 'bad.jsonl', 'question'],
  },
  'a field that is no text': {
    ...data('{"prompt":"low?","completion":7}\n'),
    code: 'OL1311',
    says: ['line 1', 'completion'],
  },
  'an empty file': { ...data(''), code: 'OL1312', says: ['bad.jsonl'] },
  'a file of blank lines': { ...data('\n\n \n'), code: 'OL1312', says: ['bad.jsonl'] },
  'a binary file': {
    ...data(Uint8Array.from({ length: 999 }, (_, i) => (i * 37) % 256)),
    code: 'OL1905',
    says: ['bad.jsonl'],
  },
  'no such file': { flags: { data: 'nowhere.jsonl' }, code: 'OL1900', says: ['nowhere.jsonl', 'no such file'] },
  'a folder as data': { flags: { data: '../base' }, code: 'OL1900', says: ['base', 'it is a folder'] },
  'no such file to evaluate on': { flags: { 'eval-data': 'nowhere.jsonl' }, code: 'OL1900', says: ['nowhere.jsonl'] },
  'nothing to learn within the maximum length': {
    flags: { 'max-length': '2' },
    code: 'OL1401',
    says: ['records.jsonl', '2 tokens'],
  },
  'only records longer than the model reads': {
    ...data(`${JSON.stringify({ prompt: 'water '.repeat(200), completion: 'low' })}\n`),
    code: 'OL1401',
    says: ['bad.jsonl', '64 tokens'],
  },

  'rank 0': { flags: { rank: '0' }, code: 'OL1005', status: 2, says: ['--rank', '0'] },
  'a learning rate that is no number': {
    flags: { 'learning-rate': 'NaN' },
    code: 'OL1005',
    status: 2,
    says: ['--learning-rate', 'NaN'],
  },
  'a learning rate that diverges': { flags: { 'learning-rate': '1e38', warmup: '0' }, code: 'OL1402', says: ['step'] },
  'target modules that the model has not': {
    flags: { 'target-modules': 'q_prj' },
    code: 'OL1310',
    status: 2,
    says: ['q_prj', 'q_proj'],
  },
  'target modules that are no regular expression': {
    flags: { 'target-modules': '(q_proj' },
    code: 'OL1435',
    status: 2,
    says: ['(q_proj'],
  },
  'a device that is not there': { flags: { device: 'cuda' }, code: 'OL1202', status: 2, says: ['cuda'] },
  'a device that nobody knows': {
    flags: { device: 'abacus' },
    code: 'OL1005',
    status: 2,
    says: ['--device', 'abacus'],
  },
  'a settings file with an unknown field': {
    flags: { config: 'train.yaml' },
    prepare: (at) => at.write('train.yaml', 'rank: 4\nlora_droput: 0.1\n'),
    code: 'OL1440',
    status: 2,
    says: ['train.yaml', 'line 2', 'lora_droput'],
  },

  'NaN weights': {
    flags: other,
    prepare: otherBase({
      change: (tensors) => tensors.set('model.norm.weight', float32Tensor(new Float32Array(16).fill(Number.NaN), [16])),
    }),
    code: 'OL1408',
    says: ['NaN'],
  },
  'infinite weights': {
    flags: other,
    prepare: otherBase({
      change: (tensors) =>
        tensors.set('model.norm.weight', float32Tensor(new Float32Array(16).fill(Number.POSITIVE_INFINITY), [16])),
    }),
    code: 'OL1408',
    says: ['base model'],
  },
  'a tokenizer with more tokens than the model': {
    flags: other,
    prepare: otherBase({ config: { vocab_size: 300 } }),
    code: 'OL1306',
    says: ['other', '300'],
  },
  'a tokenizer that is none': {
    flags: other,
    prepare: async (at) => {
      await writeTinyModel(at.path('other'))
      at.write('other/tokenizer.json', '{"model":{}}')
    },
    code: 'OL1306',
    says: ['other'],
  },
  'a chat template that throws': {
    flags: other,
    prepare: otherBase({ template: '{{ raise_exception("no such role") }}' }),
    code: 'OL1358',
    says: ['records.jsonl, line 1', 'other', 'no such role', 'the other 4 records'],
  },
  'weights that are cut off': {
    ...weights((bytes) => bytes.subarray(0, bytes.length - 100)),
    code: 'OL1300',
    says: ['model.safetensors'],
  },
  'weights of an empty file': { ...weights(() => Buffer.alloc(0)), code: 'OL1300', says: ['model.safetensors'] },
  'a header that claims more than the file has': {
    ...weights(() =>
      withHeader('{"model.norm.weight":{"dtype":"F32","shape":[999999999],"data_offsets":[0,3999999996]}}'),
    ),
    code: 'OL1300',
    says: ['model.safetensors', 'model.norm.weight'],
  },
  'a header whose tensors overlap': {
    ...weights(() =>
      withHeader(
        '{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]},"b":{"dtype":"F32","shape":[12],"data_offsets":[16,64]}}',
      ),
    ),
    code: 'OL1300',
    says: ['model.safetensors', /overlap|gap|offset/],
  },
  'a header that is longer than the file': {
    ...weights(() => Buffer.alloc(64, 0xff)),
    code: 'OL1300',
    says: ['model.safetensors'],
  },
  'a shard that is missing': {
    flags: other,
    prepare: async (at) => {
      await writeTinyModel(at.path('other'))
      at.write(
        'other/model.safetensors.index.json',
        JSON.stringify({ weight_map: { 'model.norm.weight': 'model-00002-of-00002.safetensors' } }),
      )
      rmSync(at.path('other/model.safetensors'))
    },
    code: 'OL1302',
    status: 2,
    says: ['other', 'model-00002-of-00002.safetensors'],
  },
  'a tensor that is missing': {
    flags: other,
    prepare: otherBase({ change: (tensors) => tensors.delete('model.norm.weight') }),
    code: 'OL1301',
    says: ['model.norm.weight', 'other'],
  },
  'a tensor of another shape': {
    flags: other,
    prepare: otherBase({
      change: (tensors) => tensors.set('model.norm.weight', float32Tensor(new Float32Array(8), [8])),
    }),
    code: 'OL1305',
    says: ['model.norm.weight', '[8]', '[16]'],
  },
  'an architecture that nobody knows': {
    ...config({ model_type: 'mamba' }),
    code: 'OL1303',
    status: 2,
    says: ['mamba', 'other'],
  },
  'a rope that is not supported': {
    ...config({ rope_scaling: { rope_type: 'longrope', factor: 4 } }),
    code: 'OL1304',
    status: 2,
    says: ['rope_scaling', 'other', 'longrope'],
  },
  'a config.json that is no JSON': {
    flags: other,
    prepare: async (at) => {
      await writeTinyModel(at.path('other'))
      at.write('other/config.json', '{')
    },
    code: 'OL1903',
    says: ['config.json'],
  },
  'a base model that is not there': { flags: { base: './nowhere' }, code: 'OL1302', status: 2, says: ['nowhere'] },

  'an adapter of another base': {
    words: 'model eval --base other --adapter adapter --data records.jsonl',
    prepare: async (at) => {
      await writeTinyModel(at.path('other'), { config: { hidden_size: 32 } })
      await train({
        base: place.path('base'),
        data: at.path('records.jsonl'),
        output: at.path('adapter'),
        settings: { rank: 2, maxSteps: 1 },
      })
    },
    code: 'OL1426',
    status: 6,
    says: ['adapter', 'base'],
  },
  'an adapter whose weights are cut off': {
    words: 'model eval --base ../base --adapter adapter --data records.jsonl',
    prepare: async (at) => {
      const output = at.path('adapter')
      await train({
        base: place.path('base'),
        data: at.path('records.jsonl'),
        output,
        settings: { rank: 2, maxSteps: 1 },
      })
      truncateSync(join(output, 'adapter_model.safetensors'), 500)
    },
    code: 'OL1300',
    says: ['adapter_model.safetensors'],
  },

  'an output folder of something else': {
    prepare: (at) => at.write('out/adapter/thesis.tex', 'years of work'),
    flags: { yes: '' },
    code: 'OL1902',
    says: ['out/adapter'],
  },
  'a file in the place of the output': {
    prepare: (at) => at.write('out/adapter', 'mine'),
    code: 'OL1901',
    says: ['out/adapter'],
  },
  'an output inside of a file': {
    flags: { output: 'records.jsonl/adapter' },
    code: 'OL1901',
    says: ['records.jsonl/adapter'],
  },
  'another process that trains there': {
    prepare: (at) => at.link('out/.adapter.lock', `${process.pid} ${processIdentity(process.pid)}`),
    code: 'OL1405',
    says: ['out/adapter', String(process.pid)],
  },
}

beforeAll(() => writeTinyModel(place.path('base')))

/** Every file and folder below with what is in it and how it may be used. */
function snapshot(folder: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name)
    const stats = lstatSync(path)
    const content = stats.isDirectory()
      ? 'folder'
      : createHash('sha256')
          .update(stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path))
          .digest('hex')
    found[name] = `${stats.mode.toString(8)} ${content}`
  }
  return found
}

/** Makes the folder of a case, breaks what is to be broken, runs the command, and finds everything as it was. */
async function breakAndRun(name: string, { words, flags = {}, prepare, code, status = 1, says }: Breakage) {
  const at = name.replaceAll(' ', '-')
  const folder = place.path(at)
  mkdirSync(folder)
  const here: Case = {
    path: (...parts) => join(folder, ...parts),
    write(file, content) {
      mkdirSync(join(folder, file, '..'), { recursive: true })
      writeFileSync(join(folder, file), content)
    },
    link(name, to) {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      symlinkSync(to, join(folder, name))
    },
  }
  here.write('records.jsonl', lines.join(''))
  await prepare?.(here)
  const sound = { base: '../base', data: 'records.jsonl', output: 'out/adapter', rank: '2', 'max-steps': '2' }
  const given = Object.entries({ ...sound, 'batch-size': '2', ...flags })
  const before = snapshot(place.folder)
  const train = ['train', ...given.map(([flag, value]) => `--${flag} ${value}`.trimEnd())].join(' ')
  const failure = await place.failure(words ?? train, at)
  expect(`${failure.code}, exit code ${failure.status}: ${failure.message}`).toMatch(`${code}, exit code ${status}: `)
  for (const part of says) expect(`${failure.message} ${failure.hint}`).toMatch(part)
  expect(snapshot(place.folder)).toEqual(before)
}

test.each(Object.entries(breakages))('%s', breakAndRun)

/** Mounts a small disk of its own on a folder; only root may. */
function mount(folder: string, options: string): boolean {
  mkdirSync(folder, { recursive: true })
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status !== 0) return false
  mounted.push(folder)
  return true
}
const testOnDisk = mount(place.path('disk'), 'size=4k') ? test : test.skip

testOnDisk.each<[string, string, Breakage]>([
  ['a disk that is read-only', 'size=1m,ro', { code: 'OL1901', says: ['out/adapter', 'read-only'] }],
  ['a disk that is full', 'size=4k', { code: 'OL1901', says: ['out', 'no space left'] }],
  [
    'a disk that fills up before the adapter is written',
    'size=28k',
    { code: 'OL1901', says: ['out', 'no space left'] },
  ],
])('%s', async (name, options, breakage) => {
  await breakAndRun(name, {
    ...breakage,
    prepare(at) {
      mount(at.path('out'), options)
      if (options === 'size=4k') at.write('out/others.txt', 'of other people')
    },
  })
})
