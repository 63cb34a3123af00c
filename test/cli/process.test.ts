import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { build, openledger, root } from './openledger.js'

beforeAll(build)

/** Starts the long command and waits until it has a child process. */
async function startWaiting(...words: string[]) {
  const program = spawn(process.execPath, [join(root, 'test/cli/longRunning.js'), 'wait', ...words])
  const text = { stdout: '', stderr: '' }
  program.stdout.on('data', (chunk) => {
    text.stdout += chunk
  })
  const ended = once(program, 'exit')
  const child = await new Promise<number>((resolve) => {
    program.stderr.on('data', (chunk) => {
      text.stderr += chunk
      const pid = /child (\d+)/.exec(text.stderr)?.[1]
      if (pid !== undefined) resolve(Number(pid))
    })
  })
  return { program, text, child, ended }
}

/** A killed process may be listed for a moment longer, until it is reaped. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await sleep(20)
  }
  return false
}

describe('a signal to the process', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends it with %i and leaves no child behind', async (signal, expected) => {
    const { program, text, child, ended } = await startWaiting('listening')
    program.kill(signal)
    expect(await ended).toEqual([expected, null])
    expect(await isGone(child)).toBe(true)
    expect(text.stderr).toContain(`OL1010 Interrupted by ${signal}`)
  })

  test('with --json still prints one document', async () => {
    const { program, text, ended } = await startWaiting('listening', '--json')
    program.kill('SIGINT')
    await ended
    expect(JSON.parse(text.stdout)).toMatchObject({ ok: false, error: { code: 'OL1010' } })
  })

  test('twice ends even a command that does not listen', async () => {
    const { program, child, ended } = await startWaiting('deaf')
    program.kill('SIGINT')
    await sleep(500)
    program.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    process.kill(child, 'SIGKILL')
  })
})

test('a rejection that nobody awaits is reported, and its command cleaned up', async () => {
  const { text, child, ended } = await startWaiting('crashing')
  expect(await ended).toEqual([1, null])
  expect(text.stderr).toContain('OL1000 Unexpected failure: from nowhere')
  expect(await isGone(child)).toBe(true)
})

test('a reader that closes the pipe ends it quietly, without a failure', async () => {
  const { program, text, child, ended } = await startWaiting('chatting')
  program.stdout.destroy()
  expect(await ended).toEqual([0, null])
  expect(await isGone(child)).toBe(true)
  expect(text.stderr).toBe(`child ${child}\n`)
})

describe('openledger as it is installed', () => {
  test('doctor finds this machine in order', () => {
    const { status, stdout } = openledger(['doctor', '--json'])
    const document = JSON.parse(stdout)
    const failed = document.data.checks.filter((check: { status: string }) => check.status === 'fail')
    expect(failed).toEqual([])
    expect([status, document.ok]).toEqual([0, true])
  })

  test('doctor tells of a broken configuration and goes on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'openledger-doctor-'))
    try {
      const environment = { OPENLEDGER_NETWORK: 'nowhere' }
      const { status, stdout, stderr } = openledger(['doctor'], { cwd: folder, environment })
      expect(status).toBe(1)
      expect(stdout).toMatch(/✖ Configuration +No network is called nowhere/)
      expect(stdout).toMatch(/→ Use one of: devnet/)
      expect(stderr).toContain('OL1030 1 of 10 checks failed: Configuration')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  const onLinux = process.platform === 'linux' ? test : test.skip
  onLinux('a result that a full disk does not take is told, without a stack', () => {
    for (const words of ['--help', 'help errors --json']) {
      const line = `"${process.execPath}" bin/openledger.js ${words} > /dev/full`
      const { status, stderr } = spawnSync('sh', ['-c', line], { cwd: root, encoding: 'utf8' })
      expect(status).toBe(1)
      expect(stderr).toContain(
        'OL1011 The result could not be written to the standard output: no space left on the disk',
      )
      expect(stderr).not.toContain('node:')
    }
  })

  test('help explains exit codes and errors', () => {
    expect(openledger(['help', 'exit-codes']).stdout).toMatch(/^ +6 {2}a check found a mismatch$/m)
    expect(openledger(['help', 'errors', 'ol1020']).stdout).toContain('How to fix it')
    expect(openledger(['help', 'errors', '1020']).stdout).toBe(openledger(['help', 'errors', 'OL1020']).stdout)
    expect(openledger(['help', 'ol1020']).stdout).toBe(openledger(['help', 'errors', 'OL1020']).stdout)
    expect(openledger(['help', 'errors', '9']).stderr).toContain('There is no error code OL9')
    expect(openledger(['help', 'errors', 'OL9']).status).toBe(2)
    // An amount is shown in the unit in which it is given.
    expect(openledger(['model', 'publish', '--help']).stdout).toMatch(/--output-price <open> +OPEN .*\(default: 3\)/)
    const all = JSON.parse(openledger(['help', 'errors', '--json']).stdout).data
    expect(all.find(({ code }: { code: string }) => code === 'OL1009')).toMatchObject({ exitCode: 3 })
  })

  test('help of a command is what its --help shows', () => {
    expect(openledger(['help', 'doctor']).stdout).toBe(openledger(['doctor', '--help']).stdout)
    expect(openledger(['help']).stdout).toBe(openledger(['--help']).stdout)
    expect(openledger(['help', 'nothing']).status).toBe(2)
  })
})
