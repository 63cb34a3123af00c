import { execFileSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { commandTable } from '../../src/cli/commandTable.js'
import { type Command, declareCommand } from '../../src/cli/declareCommand.js'
import { choice, flag, integer, number, path, text, toggle } from '../../src/cli/options.js'
import { main } from '../../src/cli.js'
import type { CommandContext } from '../../src/commands/shared/CommandContext.js'
import { OpenLedgerError } from '../../src/errors/OpenLedgerError.js'
import { type FakeOptions, fakeSurroundings } from '../terminal/fakeSurroundings.js'

type Run = (context: CommandContext, input: Readonly<Record<string, unknown>>) => Promise<void>
const echo: Run = async ({ output, cwd, flags, config: { network } }, input) =>
  output.result({ input, cwd, flags, network }, (data) => JSON.stringify(data))

const commandsThat = (run: Run): Command[] => [
  declareCommand(
    {
      noun: 'train',
      summary: 'Train an adapter',
      arguments: {},
      options: {
        data: path({ placeholder: 'file', required: true, help: 'Records' }),
        epochs: integer({ min: 1, max: 100, default: 3, env: 'OPENLEDGER_EPOCHS', help: 'Passes' }),
        learningRate: number({ above: 0, help: 'Rate' }),
        device: choice(['cpu', 'webgpu'], { default: 'cpu', help: 'Where' }),
        output: path({ default: 'adapter', help: 'Folder' }),
        keep: flag({ short: 'k', help: 'Keep' }),
        shuffle: toggle({ default: true, help: 'Mix' }),
      },
      examples: [['train --data records.jsonl', 'Train on a file']],
      dryRun: true,
    },
    async () => ({ run }),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'add',
      summary: 'Add records',
      arguments: { file: path({ required: true, help: 'Records' }), contributor: text({ help: 'Who' }) },
      options: {},
      examples: [],
    },
    async () => ({ run }),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access grant',
      summary: 'Let somebody read',
      arguments: { account: text({ required: true, help: 'Who' }) },
      options: { days: integer({ default: 30, help: 'How long' }) },
      examples: [['datanet access grant mara', 'For 30 days']],
    },
    async () => ({ run }),
  ),
  declareCommand(
    {
      noun: 'datanet',
      verb: 'access revoke',
      summary: 'Let somebody read no more',
      arguments: {},
      options: {},
      examples: [['datanet access revoke', 'From now on']],
    },
    async () => ({ run }),
  ),
  declareCommand(
    { noun: 'datanet', verb: 'status', summary: 'Show it', arguments: {}, options: {}, examples: [], config: false },
    async () => ({ run }),
  ),
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openledger-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Options extends FakeOptions {
  readonly run?: Run
  readonly commands?: readonly Command[]
}

async function openledger(line: string, { run = echo, commands = commandsThat(run), ...fake }: Options = {}) {
  const surroundings = fakeSurroundings({ cwd: folder, ...fake, environment: { HOME: folder, ...fake.environment } })
  const host = Object.assign(new EventEmitter(), { exit: () => undefined })
  const argv = line.split(' ').filter((word) => word !== '')
  const exitCode = await main({ argv, surroundings, host, commands })
  return { exitCode, stdout: surroundings.stdout.text, stderr: surroundings.stderr.text }
}
const inputOf = async (line: string, fake: FakeOptions = {}) => {
  const { stdout } = await openledger(`${line} --json`, fake)
  return JSON.parse(stdout).data
}

describe('input', () => {
  test('defaults are filled in, paths are absolute, what is not given is undefined', async () => {
    const { input, network } = await inputOf('train --data r.jsonl')
    const defaults = { epochs: 3, device: 'cpu', keep: false, shuffle: true }
    expect(input).toEqual({ data: join(folder, 'r.jsonl'), output: join(folder, 'adapter'), ...defaults })
    expect(network).toBe('devnet')
  })

  test('values are read as what they are declared', async () => {
    const { input } = await inputOf('train --data=/r.jsonl --epochs 7 --learning-rate 2e-4 --device webgpu -k')
    expect(input).toMatchObject({ data: '/r.jsonl', epochs: 7, learningRate: 0.0002, device: 'webgpu', keep: true })
  })

  test.each([
    ['--no-shuffle', false],
    ['--shuffle', true],
    ['--no-shuffle --shuffle', true],
    ['--shuffle --no-shuffle', false],
  ])('what can be turned off: the last word counts, %s', async (words, shuffle) => {
    expect((await inputOf(`train --data r.jsonl ${words}`)).input).toMatchObject({ shuffle })
    expect((await openledger('train --help')).stdout).toMatch(/--\[no-\]shuffle +Mix \(default: on\)/)
  })

  test('a flag beats its variable, a variable the default', async () => {
    const environment = { OPENLEDGER_EPOCHS: '9' }
    expect((await inputOf('train --data r', { environment })).input.epochs).toBe(9)
    expect((await inputOf('train --data r --epochs 5', { environment })).input.epochs).toBe(5)
    expect((await inputOf('train --data r', { environment: { OPENLEDGER_EPOCHS: '' } })).input.epochs).toBe(3)
  })

  test('arguments come in their order', async () => {
    const { input } = await inputOf('datanet add bees.jsonl mara')
    expect(input).toEqual({ file: join(folder, 'bees.jsonl'), contributor: 'mara' })
  })

  test('a verb may be two words, with flags between them', async () => {
    expect((await inputOf('datanet access grant mara --days 3')).input).toEqual({ account: 'mara', days: 3 })
    expect((await inputOf('datanet -q access -y grant mara')).flags).toMatchObject({ quiet: true, yes: true })
  })

  test('global flags may stand anywhere', async () => {
    for (const line of ['-y -q train --data r', 'train -y --data r -q', 'train --data r -qy']) {
      expect((await inputOf(line)).flags).toMatchObject({ yes: true, quiet: true, json: true, dryRun: false })
    }
    expect((await inputOf('train --data r --dry-run')).flags.dryRun).toBe(true)
  })

  test('letters of a command and of all commands may share one word, in any order', async () => {
    for (const line of ['train --data r -kqy', 'train --data r -qky', 'train -ykq --data r']) {
      const { input, flags } = await inputOf(line)
      expect([input.keep, flags.quiet, flags.yes]).toEqual([true, true, true])
    }
    const { input, cwd } = await inputOf(`train --data r -kC ${folder}/..`)
    expect([input.keep, cwd, input.data]).toEqual([true, tmpdir(), join(tmpdir(), 'r')])
    expect((await openledger('train --data r -kx')).stderr).toContain('Unknown option -x')
  })

  test('--cwd moves where paths are meant from', async () => {
    const { input, cwd } = await inputOf(`-C ${folder}/.. train --data r`)
    expect([cwd, input.data]).toEqual([tmpdir(), join(tmpdir(), 'r')])
  })
})

describe('wrong usage exits with 2 and says how to fix it', () => {
  test.each<[line: string, code: string, message: string, hint: string]>([
    ['trian', 'OL1001', 'Unknown command trian', 'Did you mean train?'],
    ['datanet ad x', 'OL1001', 'Unknown command datanet ad', 'Did you mean add?'],
    ['frobnicate', 'OL1001', 'Unknown command frobnicate', '`openledger --help`'],
    ['datanet', 'OL1007', '`openledger datanet` needs a verb', 'Add one of: add, access, status.'],
    ['datanet access', 'OL1007', '`openledger datanet access` needs a verb', 'Add one of: grant, revoke.'],
    ['datanet access grnat mara', 'OL1001', 'Unknown command datanet access grnat', 'Did you mean grant?'],
    ['datanet access grant', 'OL1003', '<account> of `openledger datanet access grant`', '--help'],
    ['train --data r --epoch 3', 'OL1002', '--epoch of `openledger train`', 'Did you mean --epochs?'],
    ['datanet status --dry-run', 'OL1002', '--dry-run of `openledger datanet status`', '--help'],
    ['datanet add', 'OL1003', '<file> of `openledger datanet add`', '--help'],
    ['train', 'OL1003', 'Missing --data <file> of `openledger train`', '--help'],
    ['datanet add a b c', 'OL1004', 'expected 2, found 3', '--help'],
    ['train --data', 'OL1006', '--data <file> has no value', '--help'],
    ['train --data r -kC', 'OL1006', '--cwd <folder> has no value', '--help'],
    ['train -5 --epoch=3', 'OL1002', 'Unknown option --epoch=3 of', 'Did you mean --epochs?'],
    ['train --data r --no-keeep', 'OL1002', 'Unknown option --no-keeep of', '--help'],
    ['--versoin', 'OL1002', 'Unknown option --versoin of `openledger`', 'Did you mean --version?'],
    [
      'train --data r --epochs 0',
      'OL1005',
      '--epochs <n> does not accept "0": it is less than 1',
      'at least 1 and at most 100',
    ],
    ['train --data r --epochs 101', 'OL1005', 'it is more than 100', 'at most 100'],
    ['train --data r --epochs 2.5', 'OL1005', 'it is not a whole number', 'a whole number'],
    ['train --data r --epochs 0x3', 'OL1005', 'it is not a whole number', 'a whole number'],
    ['train --data r --learning-rate=-1', 'OL1005', 'it is not above 0', 'a number above 0'],
    ['train --data r --learning-rate Infinity', 'OL1005', 'it is not a number', 'a number'],
    ['train --data r --device gpu', 'OL1005', '--device <cpu|webgpu> does not accept "gpu"', 'one of cpu, webgpu'],
    ['train --data=', 'OL1005', '--data <file> does not accept ""', 'path'],
    ['train --data r --network nowhere', 'OL1023', 'No network is called nowhere', 'devnet'],
    ['train --data r -C /nowhere', 'OL1024', '/nowhere', 'exists'],
  ])('openledger %s', async (line, code, message, hint) => {
    const text = await openledger(line)
    expect(text.exitCode).toBe(2)
    expect(text.stdout).toBe('')
    expect(text.stderr).toContain(`✖ ${code} `)
    expect(text.stderr).toContain(message)
    expect(text.stderr.split('→')[1]).toContain(hint)
    const json = await openledger(`${line} --json`)
    expect(json.exitCode).toBe(2)
    expect(json.stderr).toBe('')
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { code } })
  })

  test('a wrong variable is blamed, not a flag that was not given', async () => {
    const { exitCode, stderr } = await openledger('train --data r', { environment: { OPENLEDGER_EPOCHS: 'many' } })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('The variable OPENLEDGER_EPOCHS does not accept "many"')
  })
})

describe('a command that', () => {
  test('fails unforeseen ends with 1 and OL1000, with its stack on demand', async () => {
    const run: Run = () => Promise.reject(new TypeError('no such tensor'))
    const short = await openledger('datanet status', { run })
    expect([short.exitCode, short.stdout]).toEqual([1, ''])
    expect(short.stderr).toContain('OL1000 Unexpected failure: no such tensor')
    expect(short.stderr).not.toContain('main.test')
    const long = await openledger('datanet status --verbose', { run })
    expect(long.stderr).toContain('main.test')
  })

  test('needs a workspace and has none names the folder', async () => {
    const run: Run = async ({ workspace, output }) => output.result(workspace().root, String)
    const { exitCode, stderr } = await openledger('datanet add x', { run })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`OL1020 No workspace here: neither ${folder}`)
  })

  test('does without the configuration runs when that is broken; others do not', async () => {
    const broken = await mkdtemp(join(folder, 'broken-'))
    await writeFile(join(broken, 'openledger.config.json'), '{')
    expect((await openledger('datanet status', { cwd: broken })).exitCode).toBe(0)
    const other = await openledger('datanet add x', { cwd: broken })
    expect([other.exitCode, other.stderr.includes('OL1021')]).toEqual([2, true])
  })

  test('asks off a terminal is told to add --yes, and runs with it', async () => {
    const run: Run = async ({ confirm, output }) => {
      await confirm('Overwrite adapter')
      output.result('done', String)
    }
    const refused = await openledger('datanet status', { run })
    expect([refused.exitCode, refused.stderr.includes('--yes')]).toEqual([2, true])
    const agreed = await openledger('datanet status -y', { run })
    expect([agreed.exitCode, agreed.stdout]).toEqual([0, 'done\n'])
  })

  test('is done has its cleanups run, also when it failed', async () => {
    const order: string[] = []
    const run: Run = async ({ onExit }) => {
      onExit(() => order.push('stopped'))
      throw new Error('x')
    }
    await openledger('datanet status', { run })
    expect(order).toEqual(['stopped'])
  })
})

describe('help', () => {
  test('shows every noun with its verbs, examples, and where exit codes are explained', async () => {
    for (const line of ['', '--help', '-h']) {
      const { exitCode, stdout, stderr } = await openledger(line)
      expect([exitCode, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^ {2}train {2,}Train an adapter$/m)
      expect(stdout).toMatch(/^ {2}datanet {2,}Collect.*\n {8,}add, access, status$/m)
      expect(stdout).toContain('openledger train --data records.jsonl')
      expect(stdout).toContain('openledger help exit-codes')
    }
  })

  test('of a command tells its options with defaults, variables and examples', async () => {
    const { exitCode, stdout } = await openledger('train --help')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/--data <file> {2,}Records \(required\)/)
    expect(stdout).toMatch(/--epochs <n> {2,}Passes \(default: 3, env OPENLEDGER_EPOCHS\)/)
    expect(stdout).toMatch(/-k, --keep/)
    expect(stdout).toMatch(/--dry-run/)
    expect(stdout).toMatch(/--json/)
  })

  test('of a noun lists its verbs', async () => {
    const { stdout } = await openledger('datanet --help')
    expect(stdout).toMatch(/^ {2}add <file> \[contributor\] {2}/m)
    expect(stdout).toMatch(/^ {2}status /m)
    expect(stdout).toMatch(/^ {2}access.*\n {6,}grant, revoke$/m)
  })

  test('of a group within a noun lists the verbs of the group', async () => {
    const { stdout } = await openledger('datanet access --help')
    expect(stdout).toContain('Usage  openledger datanet access <verb>')
    expect(stdout).toMatch(/^ {2}grant <account> {2,}Let somebody read$/m)
    expect(stdout).toContain('openledger datanet access grant mara')
    expect(stdout).not.toContain('Add records')
    expect((await openledger('datanet access grant --help')).stdout).toContain('--days <n>')
  })

  test.each([60, 80, 100, 200])('fits a terminal of %d columns', async (columns) => {
    const environment = { NO_COLOR: '1' }
    const commandLines = commandTable.map(({ noun, verb = '' }) => `${noun} ${verb} --help`)
    for (const line of ['--help', 'datanet --help', ...commandLines]) {
      const { stdout } = await openledger(line, { terminal: true, columns, environment, commands: commandTable })
      // A name is never broken, however narrow the terminal is.
      const broken = stdout.split('\n').filter((text) => text.length > Math.min(columns, 100) && !/^ +-/.test(text))
      expect(broken).toEqual([])
    }
  })

  test('a long name or example does not push the texts to the right', async () => {
    const { stdout } = await openledger('attribute --help', { commands: commandTable })
    expect(stdout).toMatch(/^ {6}--scorer <[\w|-]*>\n {20,40}Method that scores influence/m)
    expect(stdout).toMatch(/^ {6}--queries <path> {2,16}File of questions/m)
    expect(stdout).toMatch(/^ {2}openledger attribute .*scores\.jsonl\n {4}Attribute with files alone$/m)
  })

  test('an example that takes several lines can be pasted as it stands', async () => {
    const terminal = { terminal: true, columns: 60, environment: { NO_COLOR: '1' } }
    const { stdout } = await openledger('datanet --help', { ...terminal, commands: commandTable })
    const [pasted = ''] = /^ {2}openledger datanet init(?:.*\\\n)*.*/m.exec(stdout) ?? []
    expect(pasted).toContain('\n')
    const words = execFileSync('sh', ['-c', pasted.replace('openledger', "printf '%s\\n'")], { encoding: 'utf8' })
    expect(words.trim().split('\n')).toEqual(['datanet', 'init', 'bees', '--name', 'bees', '--title', 'Keeping bees'])
  })

  test('--version is the version of package.json', async () => {
    expect((await openledger('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('what holds already', () => {
  const nothing: Run = async () => {
    throw new OpenLedgerError('OL1811', { reason: 'no inference was paid' })
  }

  test('is a result and no failure, so that cron can tell it from one', async () => {
    const { exitCode, stdout, stderr } = await openledger('train --data x', { run: nothing })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Nothing to post: no inference was paid\.\n/)
    expect(stderr).not.toContain('OL1811')
  })

  test('says with --json that nothing was changed', async () => {
    const { exitCode, stdout } = await openledger('train --data x --json', { run: nothing })
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { ok: true, data: { changed: false, code: 'OL1811' } }])
  })
})
