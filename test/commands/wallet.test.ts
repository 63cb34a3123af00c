import { spawn, spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { privateKeyToAccount } from 'viem/accounts'
import { main } from '../../src/cli.js'
import { createPrivateKey } from '../../src/wallet/readPrivateKey.js'
import { build, root } from '../cli/openledger.js'
import { fakeSurroundings } from '../terminal/fakeSurroundings.js'
import { Place } from './workspace.js'

const place = new Place()
const folder = place.path('xdg', 'openledger', 'keystores')
const cast = fileURLToPath(new URL('../fixtures/keystores/cast-1.7.1.json', import.meta.url))
const before = { ...process.env }

beforeAll(() => {
  build()
  process.env['XDG_CONFIG_HOME'] = place.path('xdg')
  writeFileSync(place.path('password'), 'cast password\n', { mode: 0o600 })
})
afterAll(() => {
  process.env = before
  place.remove()
})

const withPassword = { XDG_CONFIG_HOME: place.path('xdg'), OPENLEDGER_PASSWORD_FILE: place.path('password') }

/** Runs with something on stdin, as from a pipe or typed on a terminal. */
async function given(
  words: string,
  input: readonly string[],
  { terminal = false, environment = {} as Record<string, string> } = {},
) {
  const surroundings = fakeSurroundings({
    terminal,
    cwd: place.folder,
    environment: { XDG_CONFIG_HOME: place.path('xdg'), ...environment },
  })
  const host = Object.assign(new EventEmitter(), { exit: () => undefined })
  const ended = main({ argv: words.split(' '), surroundings, host })
  if (terminal) {
    // Each answer is typed when its question is there.
    for (const [i, line] of input.entries()) {
      while (surroundings.stderr.text.split('(not shown)').length <= i + 1)
        await new Promise((done) => setTimeout(done, 5))
      surroundings.stdin.write(line)
    }
  } else surroundings.stdin.end(input.join(''))
  const status = await ended
  return { status, stdout: surroundings.stdout.text, stderr: surroundings.stderr.text }
}

describe('wallet', () => {
  test('new asks twice on a terminal, shows nothing of it, and says where the key is', async () => {
    const { status, stdout, stderr } = await given('wallet new typed', ['hunter two\r', 'hunter two\r'], {
      terminal: true,
    })
    expect({ status, stderr }).toMatchObject({ status: 0 })
    expect(stderr).toContain('A password for typed (not shown): ')
    expect(stderr).toContain('A password for typed, once more (not shown): ')
    expect(stdout + stderr).not.toContain('hunter')
    const path = join(folder, 'typed.json')
    expect(stdout).toContain(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('new stores nothing when the two differ, when it is empty, or when Ctrl-D ends the input', async () => {
    const terminal = { terminal: true }
    expect(await given('wallet new other', ['one\r', 'two\r'], terminal)).toMatchObject({ status: 2 })
    expect(await given('wallet new other', ['\r'], terminal)).toMatchObject({ status: 2 })
    expect(await given('wallet new other', ['\u0004'], terminal)).toMatchObject({ status: 4 })
    expect(existsSync(join(folder, 'other.json'))).toBe(false)
  })

  test('off a terminal a password comes from the file that is named, or the error names the variable', async () => {
    const { status, stderr } = await given('wallet new piped', [])
    expect(status).toBe(4)
    expect(stderr).toContain('OL1621')
    expect(stderr).toContain('OPENLEDGER_PASSWORD_FILE')
    const missing = { environment: { OPENLEDGER_PASSWORD_FILE: place.path('nowhere') } }
    expect((await given('wallet new piped', [], missing)).stderr).toContain('OL1900')
    writeFileSync(place.path('empty'), '\n', { mode: 0o644 })
    const empty = await given('wallet new piped', [], {
      environment: { OPENLEDGER_PASSWORD_FILE: place.path('empty') },
    })
    expect(empty.status).toBe(2)
    expect(empty.stderr).toContain('chmod 600')
  })

  test('import takes a key from a pipe, and never repeats what is none', async () => {
    const key = createPrivateKey()
    const environment = withPassword
    const half = await given('wallet import broken', [key.slice(0, 40)], { environment })
    expect(half.status).toBe(2)
    expect(half.stdout + half.stderr).not.toContain(key.slice(4, 20))
    const { status, stdout, stderr } = await given('wallet import piped --json', [`${key}\n`], { environment })
    expect({ status, stderr }).toMatchObject({ status: 0 })
    expect(JSON.parse(stdout).data).toEqual({
      name: 'piped',
      address: privateKeyToAccount(key).address,
      path: join(folder, 'piped.json'),
    })
    expect(stdout + stderr).not.toContain(key.slice(2, 20))
  })

  test('import takes no key as an argument, and no public test key at all', async () => {
    const key = createPrivateKey()
    for (const words of [
      `wallet import x ${key}`,
      `wallet import x --key ${key}`,
      `wallet import x --private-key=${key}`,
    ])
      expect(await given(words, [], { environment: withPassword })).toMatchObject({ status: 2 })
    const test = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
    const refused = await given('wallet import x', [test], { environment: withPassword })
    expect(refused).toMatchObject({ status: 4, stderr: expect.stringContaining('OL1631') })
    expect(existsSync(join(folder, 'x.json'))).toBe(false)
  })

  test('import takes over what cast made, under its own password', async () => {
    const { status, stdout } = await given(`wallet import cast --keystore ${cast}`, [], { environment: withPassword })
    expect(status).toBe(0)
    expect(stdout).toContain('0xFE3B557E8Fb62b89F4916B721be55cEb828dBd73')
    const stored = JSON.parse(readFileSync(join(folder, 'cast.json'), 'utf8'))
    expect(stored.crypto).toEqual(JSON.parse(readFileSync(cast, 'utf8')).crypto)
    writeFileSync(place.path('wrong'), 'wrong', { mode: 0o600 })
    const environment = { OPENLEDGER_PASSWORD_FILE: place.path('wrong') }
    const wrong = await given(`wallet import cast2 --keystore ${cast}`, [], { environment })
    expect(wrong).toMatchObject({ status: 4, stderr: expect.stringContaining('OL1617') })
  })

  test('a password may come through a descriptor', () => {
    const words = ['wallet', 'import', 'fd', '--keystore', cast, '--json']
    const script = `exec 3<<'END'\ncast password\nEND\nexec "$0" "$@"`
    const environment = { ...process.env, ...withPassword, OPENLEDGER_PASSWORD_FILE: '/dev/fd/3' }
    const bin = join(root, 'bin', 'openledger.js')
    const { status, stdout } = spawnSync('/bin/sh', ['-c', script, process.execPath, bin, ...words], {
      env: environment,
      encoding: 'utf8',
    })
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, data: { name: 'fd' } })
    expect(status).toBe(0)
  })

  test('a name that is taken is refused before anything is asked', async () => {
    const path = join(folder, 'cast.json')
    const kept = readFileSync(path, 'utf8')
    expect(await given('wallet new cast', [])).toMatchObject({ status: 2, stderr: expect.stringContaining('OL1615') })
    expect(await given('wallet import mara', [])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('OL1623'),
    })
    expect(readFileSync(path, 'utf8')).toBe(kept)
  })

  test('list and address open nothing', async () => {
    const { keys } = await place.data('wallet list')
    expect(keys.map(({ name }: { name: string }) => name)).toEqual(['cast', 'fd', 'piped', 'typed'])
    expect(keys[0]).toMatchObject({ address: '0xFE3B557E8Fb62b89F4916B721be55cEb828dBd73', fault: null })
    expect((await given('wallet address cast', [])).stdout).toBe('0xFE3B557E8Fb62b89F4916B721be55cEb828dBd73\n')
    expect(await place.data('wallet address --network openledger --account cast')).toMatchObject({
      address: '0xFE3B557E8Fb62b89F4916B721be55cEb828dBd73',
    })
    expect(await place.failure('wallet address --network openledger')).toMatchObject({ code: 'OL1624', status: 4 })
    expect(await place.failure('wallet address nobody')).toMatchObject({ code: 'OL1625', status: 4 })
    expect(await place.failure('wallet address')).toMatchObject({ code: 'OL1635', status: 2 })
  })

  test('a process that is killed at any moment leaves a whole key or none', async () => {
    const words = ['wallet', 'import', 'killed', '--keystore', cast, '--json']
    const files = () => readdirSync(folder).filter((file) => file.startsWith('killed.json'))
    for (const delay of [150, 250, 350, 450, 600]) {
      const child = spawn(process.execPath, [join(root, 'bin', 'openledger.js'), ...words], {
        env: { ...process.env, ...withPassword },
        stdio: 'ignore',
      })
      await new Promise((done) => setTimeout(done, delay))
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      if (files().includes('killed.json'))
        expect(JSON.parse(readFileSync(join(folder, 'killed.json'), 'utf8'))).toMatchObject({ version: 3 })
    }
    const { document } = place.spawn('wallet list')
    expect(document.ok).toBe(true)
  })
})
