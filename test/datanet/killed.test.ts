import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { DatanetStore } from '../../src/datanet/store/DatanetStore.js'
import { createDatanet, openDatanet } from '../../src/datanet/store/openDatanet.js'
import { loadVersion } from '../../src/datanet/versions/loadVersion.js'
import { compileRooms } from './compileRooms.js'
import { info, temporaryFolder } from './fixtures.js'

const folder = temporaryFolder()
const compiled = join(folder.path, 'compiled')
// The script must find viem beside the compiled rooms' modules: it lies in the repository.
const script = fileURLToPath(new URL('./writerProcess.js', import.meta.url))

beforeAll(() => compileRooms(compiled))
afterAll(() => folder.remove())

interface Writer {
  readonly process: ChildProcess
  /** The lines it wrote until it ended, and its exit code (null when killed). */
  readonly ended: Promise<{ lines: string[]; code: number | null; errors: string }>
  /** Resolves at its first line, or when it ends without one. */
  readonly started: Promise<void>
}

function startWriter(workspace: string, name: string, batches: number): Writer {
  const child = spawn(process.execPath, [script, compiled, workspace, name, String(batches)])
  let output = ''
  let errors = ''
  child.stderr.on('data', (data) => {
    errors += String(data)
  })
  const started = new Promise<void>((resolve) => {
    child.stdout.once('data', () => resolve())
    child.once('close', () => resolve())
  })
  child.stdout.on('data', (data) => {
    output += String(data)
  })
  const ended = new Promise<Awaited<Writer['ended']>>((resolve) => {
    child.once('close', (code) => resolve({ lines: output.split('\n').slice(0, -1), code, errors }))
  })
  return { process: child, ended, started }
}

/** Everything that must hold of a workspace whatever happened to the processes that wrote it. */
async function checkWhole(workspace: string, store: DatanetStore): Promise<void> {
  expect(store.database.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(store.database.pragma('foreign_key_check')).toEqual([])
  const batches = store.database
    .prepare<[], { count: number; stored: number }>(
      `SELECT count, (SELECT count(*) FROM records WHERE contribution = contributions.id) AS stored FROM contributions`,
    )
    .all()
  for (const batch of batches) expect(batch).toEqual({ count: 3, stored: 3 })

  const rows = store.versions()
  expect(rows.map(({ version }) => version)).toEqual(rows.map((_, index) => index + 1))
  for (const { version, root, contentHash } of rows) {
    expect(await loadVersion(workspace, version)).toMatchObject({ root, contentHash })
  }
  // A folder whose row was not written yet may be there; it is whole too.
  const versions = join(workspace, 'datanet', 'versions')
  const names = existsSync(versions) ? readdirSync(versions) : []
  for (const name of names.filter((entry) => !entry.startsWith('.'))) {
    expect(Number(name)).toBeLessThanOrEqual(rows.length + 1)
    await loadVersion(workspace, Number(name))
  }
}

describe('a process that is killed while it adds and makes versions', () => {
  test('loses nothing that it reported, leaves nothing half done, and the next one goes on', async () => {
    const workspace = join(folder.path, 'killed')
    createDatanet(workspace, info).close()
    const reported = new Set<string>()
    let versions = 0
    for (let round = 0; round < 10; round++) {
      const writer = startWriter(workspace, `w${round}`, 1000)
      await writer.started
      await setTimeout(randomInt(0, 120))
      writer.process.kill('SIGKILL')
      const { lines, code, errors } = await writer.ended
      expect(errors).toBe('')
      expect(code).toBeNull()
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines) {
        const [kind, what, count] = line.split(' ')
        if (kind === 'version') versions = Number(what)
        else reported.add(`${what} ${count}`)
      }
      const store = openDatanet(workspace)
      expect(store.versions().length).toBeGreaterThanOrEqual(versions)
      await checkWhole(workspace, store)
      const stored = store.database
        .prepare<[], { batch: string }>("SELECT source || ' ' || count AS batch FROM contributions")
        .all()
      expect(stored.map(({ batch }) => batch)).toEqual(expect.arrayContaining([...reported]))
      store.close()
    }
    expect(reported.size).toBeGreaterThanOrEqual(10)
  })
})

describe('two processes that write at once', () => {
  test('both get everything in, and every version is whole', async () => {
    const workspace = join(folder.path, 'two')
    createDatanet(workspace, info).close()
    const results = await Promise.all(['a', 'b'].map((name) => startWriter(workspace, name, 8).ended))
    for (const { lines, code, errors } of results) {
      expect({ code, errors }).toEqual({ code: 0, errors: '' })
      expect(lines).toHaveLength(16)
    }
    const store = openDatanet(workspace)
    expect(store.records('approved')).toHaveLength(48)
    await checkWhole(workspace, store)
    expect((await loadVersion(workspace, store.versions().length)).recordCount).toBe(48)
    store.close()
  })
})
