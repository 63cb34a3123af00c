import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { devnetStatus, requireDevnet } from '../../src/devnet/keeper/devnetStatus.js'
import { startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { stopDevnet } from '../../src/devnet/keeper/stopDevnet.js'
import { readDevnet } from '../../src/devnet/state/devnetState.js'
import { processIdentity } from '../../src/files/processIdentity.js'
import { ended, eventually, firstLine, nodeUrl, processesIn, spawnOwner } from './processes.js'

let workspace: string

beforeEach(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'openledger-lifetime-')))
})

afterEach(async () => {
  await rm(join(workspace, '.openledger', 'devnet.lock'), { force: true })
  await stopDevnet(workspace)
  await rm(workspace, { recursive: true, force: true })
})

const onLinux = process.platform === 'linux' ? describe : describe.skip

onLinux('a devnet that belongs to a process', () => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('ends with it on %s', async (signal) => {
    const owner = spawnOwner(workspace, 'attached')
    expect(await firstLine(owner)).toBe('started')
    const found = await devnetStatus(workspace)
    expect(found.status).toBe('running')
    // The owner, two nodes and their two leashes.
    expect(processesIn(workspace)).toHaveLength(5)

    owner.kill(signal)
    await eventually(() => processesIn(workspace).length === 0)

    expect((await devnetStatus(workspace)).status).toBe('stale')
    const again = await startDevnet({ workspace })
    expect(again.started).toBe(true)
    expect((await devnetStatus(workspace)).status).toBe('running')
  })

  test.each(['attached', 'detached'] as const)(
    'leaves nothing when its owner is killed while it starts (%s)',
    async (mode) => {
      let early = false
      // On a busy machine it may have started before the owner is killed: a detached one then stays, as it should.
      for (let attempt = 0; attempt < 5 && !early; attempt++) {
        const owner = spawnOwner(workspace, mode)
        // The owner, a detached one's keeper, and a node at least.
        const nodes = () => processesIn(workspace).length - (mode === 'detached' ? 2 : 1)
        await eventually(() => nodes() > 0)
        owner.kill('SIGKILL')
        await ended(owner)
        early = await eventually(() => processesIn(workspace).length === 0).then(
          () => true,
          () => false,
        )
        if (!early) await stopDevnet(workspace)
      }
      expect(early).toBe(true)
      expect((await startDevnet({ workspace })).started).toBe(true)
    },
    120_000,
  )

  test('is seen as ending, not as running, from the moment its owner is gone', async () => {
    const owner = spawnOwner(workspace, 'attached')
    await firstLine(owner)
    const before = await readDevnet(workspace)
    owner.kill('SIGKILL')
    await ended(owner)
    const again = await startDevnet({ workspace })
    expect(again.started).toBe(true)
    expect(again.l1.instanceId).not.toBe(before?.l1.instanceId)
    await eventually(() => processIdentity(before?.l1.pid ?? 0) !== before?.l1.identity)
    expect((await devnetStatus(workspace)).status).toBe('running')
  })

  test('outlives it when detached, kept by a process of its own, until it is stopped', async () => {
    const owner = spawnOwner(workspace, 'detached')
    await firstLine(owner)
    await ended(owner)
    // Its keeper, two nodes and their two leashes.
    await eventually(() => processesIn(workspace).length === 5)

    const state = await requireDevnet(workspace)
    expect(state.supervisor.detached).toBe(true)
    const same = await startDevnet({ workspace })
    expect(same.started).toBe(false)
    expect(same.l2.instanceId).toBe(state.l2.instanceId)

    expect(await stopDevnet(workspace)).toMatchObject({ stopped: true })
    expect(processesIn(workspace)).toEqual([])
    expect(await devnetStatus(workspace)).toEqual({ status: 'stopped' })
  })
})

test('a devnet that was stopped asks nothing of its nodes any more', async () => {
  const devnet = await startDevnet({ workspace })
  const port = Number(new URL(await nodeUrl(workspace, 'l2')).port)
  await devnet.stop()
  // A process that still asked would come here.
  let asked = 0
  const server = createServer((socket) => {
    asked++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await new Promise((resolve) => server.close(resolve))
  expect(asked).toBe(0)
})

describe('a devnet that lost a node', () => {
  test.each(['l1', 'l2'] as const)('is stale, with the reason, and is replaced (%s)', async (layer) => {
    const devnet = await startDevnet({ workspace })
    process.kill(devnet[layer].pid, 'SIGKILL')
    await eventually(() => processIdentity(devnet[layer].pid) !== devnet[layer].identity)

    const reason = `The ${layer.toUpperCase()} node (process ${devnet[layer].pid}) ended by itself: SIGKILL`
    expect(await devnet.ended).toMatchObject({ code: 'OL1752', exitCode: 5, message: reason })
    expect(await devnetStatus(workspace)).toMatchObject({ status: 'stale', reason })
    await expect(requireDevnet(workspace)).rejects.toMatchObject({ code: 'OL1705', exitCode: 5 })

    const other = layer === 'l1' ? devnet.l2 : devnet.l1
    const again = await startDevnet({ workspace })
    expect(again.started).toBe(true)
    // The half that still ran was not left behind.
    expect(processIdentity(other.pid)).not.toBe(other.identity)
  })
})

test('a dead process’s lock is taken over; a living one’s is respected', async () => {
  await startDevnet({ workspace })
  const lock = join(workspace, '.openledger', 'devnet.lock')
  await symlink(`${2 ** 22 - 1} 12345`, lock)
  expect(await stopDevnet(workspace)).toMatchObject({ stopped: true })

  // As an older version made it.
  await writeFile(lock, `${process.pid} ${processIdentity(process.pid)}`)
  expect(await stopDevnet(workspace)).toMatchObject({ stopped: false })

  await symlink(`${process.pid} ${processIdentity(process.pid)}`, lock)
  const waiting = stopDevnet(workspace)
  const first = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 200, 'still waiting'))])
  expect(first).toBe('still waiting')
  await rm(lock)
  expect(await waiting).toEqual({ stopped: false, crash: null })
})

test('two starts of one workspace at the same time make one devnet', async () => {
  const [one, two] = await Promise.all([startDevnet({ workspace }), startDevnet({ workspace })])
  expect([one.started, two.started].sort()).toEqual([false, true])
  expect(one.l2.instanceId).toBe(two.l2.instanceId)
})
