import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build, openledger, root } from '../cli/openledger.js'
import { eventually, processesIn } from '../devnet/processes.js'
import { Place } from './workspace.js'

const place = new Place()
const script = fileURLToPath(new URL('smallQuickstart.js', import.meta.url))
const names = ['openledger-quickstart', 'openledger-quickstart-2'] as const

beforeAll(() => {
  build()
  // The real template, with three records of each contributor.
  const from = join(root, 'templates', 'seamanship')
  const to = place.path('templates', 'small')
  mkdirSync(join(to, 'records'), { recursive: true })
  const copy = (file: string, lines: number): void => {
    const text = readFileSync(join(from, file), 'utf8').split('\n').slice(0, lines).join('\n')
    writeFileSync(join(to, file), `${text}\n`)
  }
  for (const file of readdirSync(join(from, 'records'))) copy(join('records', file), 3)
  copy('held-out.jsonl', 3)
  copy('questions.jsonl', 2)
  const info = JSON.parse(readFileSync(join(from, 'template.json'), 'utf8'))
  writeFileSync(join(to, 'template.json'), JSON.stringify({ ...info, name: 'small' }))
  mkdirSync(place.path('work'))
})
afterAll(() => place.remove())

interface Run {
  readonly child: ChildProcess
  readonly text: { stdout: string; stderr: string }
  /** Exit code and signal. */
  readonly ended: Promise<unknown[]>
}

/** Starts the quickstart in the work folder, by which its processes are found. */
function start(...words: string[]): Run {
  const child = spawn(process.execPath, [script, place.path('templates'), ...words, '--json'], {
    cwd: place.path('work'),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk
  })
  return { child, text, ended: once(child, 'close') }
}

/** Waits until stderr says something; fails at once when the run ends without. */
async function said({ child, text }: Run, words: string): Promise<void> {
  while (!text.stderr.includes(words)) {
    if (child.exitCode !== null) throw new Error(`it ended without "${words}": ${text.stderr} ${text.stdout}`)
    await sleep(5)
  }
}

const folders = (): string[] => readdirSync(place.path('work')).sort()

/** Waits for the end of a run that must succeed. */
async function finish({ text, ended }: Run) {
  const [status] = await ended
  const document = JSON.parse(text.stdout)
  if (status !== 0 || !document.ok) throw new Error(`${status} ${text.stdout} ${text.stderr}`)
  return document.data
}

describe('killed', () => {
  test.each([
    ['while it scaffolds', '', 700],
    ['while the devnet starts', '✔ Scaffold', 150],
    ['when the devnet has started', '✔ Start L1 and L2', 0],
    ['while it trains', 'tokens', 0],
    ['while it attributes', '✔ Train', 300],
    ['when it has paid', '✔ Pay each answer', 0],
  ])('%s, it leaves no process, and a folder that the next run takes', async (_, words, wait) => {
    const run = start()
    await said(run, words)
    await sleep(wait)
    expect(run.child.exitCode).toBeNull()
    run.child.kill('SIGKILL')
    expect(await run.ended).toEqual([null, 'SIGKILL'])
    await eventually(() => processesIn(place.path('work')).length === 0)
    expect(folders()).not.toContain(names[1])
  })

  test('by Ctrl-C, it says so, stops the devnet and ends with 130', async () => {
    const run = start()
    await said(run, 'tokens')
    expect(folders()).toEqual([names[0]])
    run.child.kill('SIGINT')
    expect(await run.ended).toEqual([130, null])
    expect(JSON.parse(run.text.stdout)).toMatchObject({ ok: false, error: { code: 'OL1010' } })
    expect(processesIn(place.path('work'))).toEqual([])
    expect(existsSync(place.path('work', names[0], '.openledger', 'devnet.json'))).toBe(false)
  })
})

describe('run to its end', () => {
  test('two at once have folders of their own, and both pay everything they collected', async () => {
    const both = await Promise.all([start(), start()].map(finish))
    expect(both.map(({ directory }) => directory).sort()).toEqual(names.map((name) => place.path('work', name)))
    expect(folders()).toEqual([...names])
    expect(processesIn(place.path('work'))).toEqual([])
    for (const { verification, claims, payments, epoch, training, answers, devnet } of both) {
      const sum = (amounts: readonly string[]) => amounts.reduce((total, amount) => total + BigInt(amount), 0n)
      const checks = [
        ...verification.epochs.flatMap((each: { checks: unknown[] }) => each.checks),
        ...verification.pool,
        verification.balances,
      ]
      expect(checks.length).toBeGreaterThan(10)
      expect(checks.filter(({ ok }) => !ok)).toEqual([])
      const claimed = sum(claims.map(({ amountWei }: { amountWei: string }) => amountWei))
      expect(claimed).toBe(BigInt(epoch.totalAllocatedWei))
      expect(epoch).toMatchObject({ receiptCount: 2, unattributed: 0 })
      expect(claimed).toBe(sum(payments.map(({ poolWei }: { poolWei: string }) => poolWei)))
      expect(verification.balances.detail).toContain('5 balances moved')
      expect(training.evalLoss.after).toBeLessThan(training.evalLoss.before)
      expect(answers).toHaveLength(2)
      expect(devnet.kept).toBe(false)
    }
  })

  test('its settings file trains the same adapter again, to the byte', () => {
    const at = { cwd: place.path('work', names[0]) }
    const again = openledger(['train', '--config', 'train.yaml', '--output', 'again', '--json'], at)
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('"ok"')])
    const bytes = (adapter: string) => readFileSync(join(at.cwd, adapter, 'adapter_model.safetensors'))
    expect(bytes('again').equals(bytes('adapters/v1'))).toBe(true)
  }, 120_000)

  test('a folder with something in it is refused when it is named, finished or not', async () => {
    for (const name of [names[0], '../templates', '../templates/small/template.json']) {
      const run = start(name)
      expect(await run.ended).toEqual([1, null])
      expect(JSON.parse(run.text.stdout)).toMatchObject({ ok: false, error: { code: 'OL1902' } })
    }
    expect(existsSync(place.path('work', names[0], 'epochs', '1', 'epoch.json'))).toBe(true)
  })
})
