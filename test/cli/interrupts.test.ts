import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { wordsOf } from '../../src/cli/commandGroups.js'
import { commandTable } from '../../src/cli/commandTable.js'
import { interrupt, type Row } from './interrupt.js'
import { build, openledger } from './openledger.js'

const node = (words = ''): Row => ({ words, until: 'node' })
const config = (words = ''): Row => ({ words, until: 'config' })
const pipe = (words: string): Row => ({ words, until: 'pipe' })
const id = `0x${'1'.repeat(64)}`

/** By the words of the command. */
const rows: Readonly<Record<string, Row>> = {
  quickstart: { words: 'new', until: { writes: /✔/ }, keeps: /^new\// },
  init: { words: 'new', until: { makes: /^\.new\.\d+\.tmp$/ } },
  doctor: config('--network silent'),
  'devnet up': config(),
  'devnet down': config(),
  'devnet status': node(),
  'devnet logs': { words: '--follow', until: { writes: /the first line/ } },
  'devnet env': config(),
  'devnet accounts': node(),
  'devnet fund': node('mara 1'),
  'devnet warp': node('1h'),
  'devnet mine': node('3'),
  'devnet snapshot save': config('one'),
  'devnet snapshot restore': config('one --yes'),
  'devnet snapshot list': config(),
  'devnet reset': config('--yes'),
  'devnet bridge deposit': node('1 --yes'),
  'devnet bridge withdraw': node('1 --yes'),
  'devnet bridge prove': node(id),
  'devnet bridge finalize': node(id),
  'devnet bridge status': node(),
  'datanet init': { words: 'new --name bees', until: { makes: /^new$/ }, short: true, keeps: /^new\// },
  'datanet add': pipe('PIPE --contributor mara'),
  'datanet descriptor': config(),
  'datanet sign': pipe(`PIPE --identity ${id} --licence MIT --account mara`),
  'datanet import': { words: 'folder new', until: 'pipe' },
  'datanet review': config('--approve all'),
  'datanet status': config(),
  'datanet publish': { words: '', until: 'node', keeps: /^datanet\/versions\// },
  'datanet access policy': node(`--datanet ${id}`),
  'datanet access price': node(`1 --datanet ${id} --yes`),
  'datanet access request': node(`${id} --purpose sailing --yes`),
  'datanet access list': node(`--datanet ${id}`),
  'datanet access approve': node('3 --yes'),
  'datanet access grant': node(`mara --datanet ${id} --yes`),
  'datanet access reject': node('3 --reason no --yes'),
  'datanet access cancel': node('3 --yes'),
  'datanet access revoke': node(`mara --reason no --datanet ${id} --yes`),
  'datanet contributors list': node(`--datanet ${id}`),
  'datanet contributors add': node(`mara --datanet ${id} --yes`),
  'datanet contributors remove': node(`mara --datanet ${id} --yes`),
  'datanet curators add': node(`mara --datanet ${id} --yes`),
  'datanet curators remove': node(`mara --datanet ${id} --yes`),
  'datanet ownership offer': node(`mara --datanet ${id} --yes`),
  'datanet ownership accept': node(`${id} --yes`),
  'datanet shares show': node(`--datanet ${id}`),
  'datanet shares offer': node(`mara 100 --datanet ${id} --yes`),
  'datanet shares accept': node(`mara --datanet ${id} --yes`),
  'datanet shares collect': node(`--datanet ${id} --yes`),
  train: { words: '--data many.jsonl --epochs 200 --output trained', until: { writes: /Shapes of records/ } },
  'model generate': pipe('--prompt-file PIPE'),
  'model chat': { words: '', until: { writes: /./ } },
  'model eval': { words: '--data many.jsonl', until: { writes: /\d+\/\d+/ } },
  'model inspect': { words: 'folder', until: 'pipe' },
  'model merge': { words: '--base folder --adapter adapters/v1 --output merged', until: 'pipe' },
  'model export': { words: '--base folder --output exported', until: 'pipe' },
  'model publish': config(),
  'model price': node(`--model ${id}`),
  'model collect': node('--yes'),
  'model ownership offer': node(`${id} mara --yes`),
  'model ownership accept': node(`${id} --yes`),
  attribute: { words: '--adapter adapters/v1 --queries PIPE', until: 'pipe' },
  'inference deposit': node('1 --yes'),
  'inference balance': node(),
  'inference withdraw': node('--amount 1 --yes'),
  'inference voucher create': node(`${id} --inferences served.jsonl --yes`),
  'inference voucher redeem': node('voucher.json --yes'),
  'inference voucher show': node('voucher.json'),
  'rewards post': node('--yes'),
  'rewards claim': config('--yes'),
  'rewards status': node(),
  'rewards explain': node('0x1234'),
  'rewards verify': config(),
  'rewards attest': node('--yes'),
  'rewards challenge': node('--yes'),
  'rewards resolve': node('1 --yes'),
  'stake deposit': node('1 --yes'),
  'stake withdraw': node('--yes'),
  'stake status': node(),
  'stake fund': node('--yes'),
  'gov wrap': node('1 --yes'),
  'gov unwrap': node('1 --yes'),
  'gov propose': node('proposal.json --yes'),
  'gov vote': node('1 for --yes'),
  'gov queue': node('1 --yes'),
  'gov execute': node('1 --yes'),
  'gov cancel': node('1 --yes'),
  'gov status': node(),
  'wallet new': config('ops'),
  'wallet import': pipe('ops --keystore PIPE'),
  'wallet list': config(),
  'wallet address': config(),
}

const names = commandTable.map((command) => wordsOf(command).join(' '))

test('every command has a row, and every row a command', () => {
  expect(Object.keys(rows).sort()).toEqual([...names].sort())
})

let model: string
let keeper: ReturnType<typeof spawn>
/** Milliseconds that a bare Node takes from start to end: what a busy machine makes of 60. */
let bare: number

beforeAll(() => {
  build()
  model = join(realpathSync(mkdtempSync(join(tmpdir(), 'interrupts-'))), 'model')
  openledger(['init', model])
  mkdirSync(join(model, 'adapters', 'v1'), { recursive: true })
  mkdirSync(join(model, '.openledger', 'logs'), { recursive: true })
  keeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const started = performance.now()
  execFileSync(process.execPath, ['-e', '0'])
  bare = performance.now() - started
}, 120_000)

afterAll(() => {
  keeper.kill('SIGKILL')
  rmSync(join(model, '..'), { recursive: true })
})

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const

test.each(names)('%s ends with 130 and 143', async (name) => {
  const row = rows[name] as Row
  // Both at once: most of the time goes by while Node starts.
  const ends = await Promise.all(
    signals.map(async ([signal, expected]) => ({
      expected,
      ...(await interrupt(name, row, signal, { model, keeper: keeper.pid as number })),
    })),
  )
  for (const { expected, busy, status, seconds, stdout, stderr, changed } of ends) {
    // What it wrote is shown when the test fails.
    const told = `${stdout}${stderr}`.slice(-2000)
    if (row.short === true && status === 0) continue
    expect({ busy: busy || row.short === true, status, told }).toEqual({ busy: true, status: expected, told })
    // A second, and more where the machine takes long for the least thing.
    expect(seconds).toBeLessThan(1 + (20 * bare) / 1000)
    expect(changed.filter((file) => row.keeps?.test(file) !== true)).toEqual([])
  }
})
