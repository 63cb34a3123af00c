import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { withDevnetLock } from '../../src/devnet/state/withDevnetLock.js'

let workspace: string
let state: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'openledger-lock-'))
  state = join(workspace, '.openledger')
  await mkdir(state)
})
afterEach(() => rm(workspace, { recursive: true }))

/** What a process leaves that was killed while it had the lock. */
const leaveDead = (name: string): Promise<void> => symlink('999999999 long ago', join(state, name))

test('of many that find the lock of a dead owner at once, one at a time has it', async () => {
  for (let round = 0; round < 40; round++) {
    await leaveDead('devnet.lock')
    let [inside, most, done] = [0, 0, 0]
    const enter = async (_: unknown, index: number): Promise<void> => {
      // Not in step: one looks at the dead lock while another has just taken it over.
      for (let turn = 0; turn < index; turn++) await new Promise(setImmediate)
      await withDevnetLock(workspace, async () => {
        most = Math.max(most, ++inside)
        await new Promise((resolve) => setTimeout(resolve, 1))
        inside--
        done++
      })
    }
    await Promise.all(Array.from({ length: 8 }, enter))
    expect({ round, most, done }).toEqual({ round, most: 1, done: 8 })
  }
  expect(await readdir(state)).toEqual([])
})

test('a lock whose owner lives is not taken, and is named', async () => {
  const waits = withDevnetLock(workspace, () => withDevnetLock(workspace, async () => undefined, 0.1))
  await expect(waits).rejects.toMatchObject({ code: 'OL1708' })
})
