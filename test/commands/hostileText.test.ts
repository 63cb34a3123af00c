import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { commandTable } from '../../src/cli/commandTable.js'
import { main } from '../../src/cli.js'
import { root } from '../cli/openledger.js'
import { fakeSurroundings } from '../terminal/fakeSurroundings.js'

/** Sets the window's title, clears the screen, hides what follows, goes back over the line, turns the text around. */
const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b8m\rok\u202egnp\u2066.\u200b\u0008'
/** Everything that a terminal obeys or cannot show; tabs and line breaks only move to where one expects. */
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'openledger-hostile-')))
const stage = join(folder, `place ${hostile.replaceAll('/', '')}`)
beforeAll(() => mkdirSync(stage))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a command line in this process and returns all that it wrote. */
async function written(argv: readonly string[], { cwd = stage, terminal = false, input = '' } = {}) {
  const fake = fakeSurroundings({
    cwd,
    terminal,
    environment: { ...process.env, NO_COLOR: '1', CI: '1', OPENLEDGER_KEYSTORES: join(folder, 'keystores') },
  })
  fake.stdin.end(input)
  const host = Object.assign(new EventEmitter(), { exit: () => undefined })
  const status = await main({ argv, surroundings: fake, host })
  return { status, stdout: fake.stdout.text, text: fake.stdout.text + fake.stderr.text }
}

function expectHarmless(text: string): void {
  const found = [...text.matchAll(steering)].map(([character]) => character).filter((c) => c !== '\n' && c !== '\t')
  expect(found.map((c) => `${c.codePointAt(0)?.toString(16)} in ${JSON.stringify(text.slice(0, 2000))}`)).toEqual([])
}

const words = ({ noun, verb }: (typeof commandTable)[number]): string[] => [noun, ...(verb?.split(' ') ?? [])]

describe('hostile words on the command line and a hostile folder', () => {
  // A folder that is not empty is refused by the commands that make one.
  beforeAll(() => {
    mkdirSync(join(stage, hostile))
    writeFileSync(join(stage, hostile, 'file'), '')
    // No state can be kept here, so that no devnet starts.
    writeFileSync(join(stage, '.openledger'), '')
  })

  test.each(commandTable.map((command) => [words(command).join(' '), command] as const))('%s', async (_, command) => {
    const values = Object.keys(command.arguments).map(() => hostile)
    for (const more of [[], ['--json'], [`--${hostile}`], ['--help']]) {
      expectHarmless((await written([...words(command), ...values, ...more])).text)
    }
    for (const name of Object.keys(command.options)) {
      const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      expectHarmless((await written([...words(command), ...values, `${flag}=${hostile}`])).text)
    }
  })
})

describe('hostile contents', () => {
  const net = join(stage, 'net')
  const record = { prompt: `When do I reef? ${hostile}`, completion: `When you first think of it.\n${hostile}` }
  const run = async (...argv: string[]) => {
    for (const more of [[], ['--json']]) expectHarmless((await written([...argv, ...more], { cwd: net })).text)
    return written(argv, { cwd: net })
  }

  beforeAll(async () => {
    expect((await written(['datanet', 'init', 'net', '--name', 'bight', '--title', hostile])).status).toBe(0)
    for (const name of ['data.jsonl', `${hostile}.jsonl`]) {
      writeFileSync(join(net, name), `${JSON.stringify({ ...record, prompt: `${name} ${record.prompt}` })}\n`)
    }
    writeFileSync(join(net, 'bad.jsonl'), `${JSON.stringify({ [hostile]: hostile })}\n`)
  })

  test('datanet add, review, status, publish', async () => {
    expect((await written(['datanet', 'add', `${hostile}.jsonl`, '--contributor', 'mara'], { cwd: net })).status).toBe(
      0,
    )
    await run('datanet', 'add', 'data.jsonl', '--contributor', 'tobias')
    expectHarmless((await written(['datanet', 'add', 'bad.jsonl', '--contributor', 'mara'], { cwd: net })).text)
    const { stdout } = await run('datanet', 'review')
    expect(stdout).toContain('\\u{1b}]0;owned\\u{7}')
    await run('datanet', 'review', '--reject', 'all', '--reason', hostile)
    await run('datanet', 'status')
    await run('datanet', 'publish', '--dry-run')
  })

  test('train, model and attribute', async () => {
    const data = `${hostile}.jsonl`
    await run('train', '--data', data, '--dry-run')
    expect((await written(['train', '--data', data, '--output', 'a', '--max-steps', '1'], { cwd: net })).status).toBe(0)
    await run('model', 'inspect', '--adapter', 'a')
    await run('model', 'eval', '--adapter', 'a', '--data', data)
    await run('model', 'generate', hostile, '--max-tokens', '4')
    const question = { prompt: hostile, completion: `Reef early. ${hostile}` }
    writeFileSync(join(net, 'questions.jsonl'), `${JSON.stringify(question)}\n`)
    const { stdout } = await run('attribute', '--adapter', 'a', '--data', data, '--queries', 'questions.jsonl')
    expect(stdout).toContain('owned')
    const chat = await written(['model', 'chat', '--max-tokens', '4'], { cwd: net, input: `${hostile}\n` })
    expectHarmless(chat.text)
  })
})

test('nothing but the output of src/terminal writes to the streams', () => {
  const writers = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .filter((name) => {
      const lines = readFileSync(join(root, 'src', name), 'utf8').split('\n')
      return lines.some(
        (line) => !/^\s*(\*|\/\/|\/\*)/.test(line) && /(std(out|err)|console)\.(write|log|error)\(/.test(line),
      )
    })
  for (const name of writers) {
    expect(readFileSync(join(root, 'src', name), 'utf8')).toMatch(/printable/)
  }
  expect(writers.map((name) => name.split('/')[0]).filter((room) => room !== 'terminal')).toEqual(['cli.ts'])
})
