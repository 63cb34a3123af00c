import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processIdentity } from '../../src/files/processIdentity.js'

/** Starts test/devnet/owner.ts with its working folder in the workspace, by which its descendants are found. */
export const spawnOwner = (workspace: string, mode: 'attached' | 'detached' | 'busy' | 'temporary'): ChildProcess => {
  const here = join(process.cwd(), 'test', 'devnet')
  const script = ['--import', join(here, 'loadTypeScript.js'), join(here, 'owner.ts'), workspace, mode]
  return spawn(process.execPath, script, { cwd: workspace, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Resolves when the process has written a line; fails when it ends without. */
export const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim()))
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it wrote anything`)))
  })

export const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()))

/** Ids of the processes that work in a folder: nodes, their leashes, their owner. Linux only. */
export const processesIn = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder && processIdentity(pid) !== undefined
      } catch {
        return false
      }
    })

/** Where the node of a layer itself answers, as its log says: clients have the public address only. */
export async function nodeUrl(workspace: string, layer: 'l1' | 'l2'): Promise<string> {
  const text = await readFile(join(workspace, '.openledger', 'logs', `${layer}.log`), 'utf8')
  return `http://127.0.0.1:${/^Listening on .+:(\d+)$/m.exec(text)?.[1]}`
}

/** Waits until a condition holds; fails after two minutes, which only a machine that hangs takes. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 120_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not come true: ${condition}`)
    await sleep(20)
  }
}
