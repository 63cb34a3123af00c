// What `--compute int8` costs in loss: trains the same adapter in float32 and in int8 products, and evaluates both in float32 on
// records that neither has seen.
//
// node bench/int8.js --data records.jsonl --eval-data others.jsonl [--base base-model] [--seeds 1,2] [-- flags of openledger train]
// Needs `npm run build`.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string', default: fileURLToPath(new URL('../base-model', import.meta.url)) },
    data: { type: 'string' },
    'eval-data': { type: 'string' },
    seeds: { type: 'string', default: '1' },
  },
})
const { base, data, 'eval-data': evalData } = flags
if (!data || !evalData) throw new Error('--data and --eval-data are wanted')
const program = fileURLToPath(new URL('../bin/openledger.js', import.meta.url))

async function openledger(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '--json'], {
    maxBuffer: 2 ** 28,
  })
  return JSON.parse(stdout).data
}

const folder = await mkdtemp(join(tmpdir(), 'openledger-int8-'))
try {
  for (const seed of flags.seeds.split(',')) {
    const losses = {}
    for (const compute of ['float32', 'int8']) {
      const output = join(folder, `${compute}-${seed}`)
      const shared = ['--base', base, '--output', output, '--seed', seed, '--compute', compute]
      const { steps, tokensPerSecond } = await openledger('train', ...shared, '--data', data, ...positionals)
      const { loss } = await openledger('model', 'eval', '--base', base, '--adapter', output, '--data', evalData)
      losses[compute] = loss
      console.log(
        `seed ${seed}, ${compute.padEnd(7)} ${steps} steps at ${Math.round(tokensPerSecond)} tokens/s, evaluation loss ${loss.toFixed(5)}`,
      )
    }
    console.log(`seed ${seed}, int8 is ${(100 * (losses.int8 / losses.float32 - 1)).toFixed(3)} % above float32`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
