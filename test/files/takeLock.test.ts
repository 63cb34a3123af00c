import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { takeLock } from '../../src/files/takeLock.js'
import { build, root } from '../cli/openledger.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openledger-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))
beforeAll(build)

const held = (pid: number): Error => new Error(`held by ${pid}`)
/** What a process leaves that was killed while it had the lock. */
const leaveDead = (name: string): Promise<void> => symlink('999999999 1', join(folder, name))

test('of processes that find one dead lock at once, one takes it', async () => {
  // Each holds the lock, once it has it, until its standard input ends.
  const program = `
    import { takeLock } from ${JSON.stringify(join(root, 'dist/files/takeLock.js'))}
    try {
      const release = await takeLock(process.argv[1], { patience: 0, held: () => new Error('held') })
      process.stdout.write('taken')
      process.stdin.on('end', release).resume()
    } catch (error) {
      process.stdout.write(error.message)
      process.stdin.on('end', () => undefined).resume()
    }`
  for (let round = 0; round < 5; round++) {
    await leaveDead('lock')
    const processes = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', program, join(folder, 'lock')], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    )
    const said = await Promise.all(processes.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])))
    for (const { stdin } of processes) stdin.end()
    await Promise.all(processes.map((each) => once(each, 'exit')))
    expect(said.sort()).toEqual(['held', 'held', 'held', 'held', 'held', 'taken'])
    expect(await readdir(folder)).toEqual([])
  }
})

test('a process that was killed while it removed a dead lock holds up nobody', async () => {
  await leaveDead('lock')
  await leaveDead('lock.stale')
  await (await takeLock(join(folder, 'lock'), { patience: 5, held }))()
  expect(await readdir(folder)).toEqual([])
})

test('a lock that is held is waited for, and its owner is named when that takes too long', async () => {
  const path = join(folder, 'lock')
  const release = await takeLock(path, { patience: 0, held })
  await expect(takeLock(path, { patience: 0, held })).rejects.toThrow(`held by ${process.pid}`)
  const next = takeLock(path, { patience: 30, held })
  await release()
  await (await next)()
})

test.each([
  ['a process that has ended', () => `${spawnSync(process.execPath, ['-e', '']).pid} 1`],
  ['an earlier process with the id of this one', () => `${process.pid} 1`],
])('the lock of %s is taken over', async (_, owner) => {
  await symlink(owner(), join(folder, 'lock'))
  await (await takeLock(join(folder, 'lock'), { patience: 0, held }))()
})

test('a file in the place of the folder is an error at once, not a lock to wait for', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(takeLock(join(folder, 'file', 'lock'), { patience: 30, held })).rejects.toMatchObject({ code: 'OL1901' })
})

test.each(['lock', 'lock.stale'])(
  'a folder at the place of %s is an error at once, and is left alone',
  async (name) => {
    await leaveDead('lock')
    await rm(join(folder, name), { force: true })
    await mkdir(join(folder, name))
    await expect(takeLock(join(folder, 'lock'), { patience: 30, held })).rejects.toMatchObject({
      code: 'OL1901',
      message: expect.stringContaining('it is a folder'),
    })
    expect(await readdir(folder)).toContain(name)
  },
)
