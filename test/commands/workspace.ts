import { EventEmitter } from 'node:events'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../../src/cli.js'
import { openledger } from '../cli/openledger.js'
import { fakeSurroundings } from '../terminal/fakeSurroundings.js'

/** A folder of its own for a test file, and openledger in it. */
export class Place {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'openledger-commands-')))

  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  /** Writes JSON Lines and returns the path. */
  lines(name: string, values: readonly unknown[]): string {
    writeFileSync(this.path(name), values.map((value) => `${JSON.stringify(value)}\n`).join(''))
    return this.path(name)
  }

  /**
   * Runs a command line with --json in this process, which saves the second that loading takes. All of stdout must be one
   * document.
   *
   * @param at folder inside this one
   */
  async run(words: string, at = '.'): Promise<Result> {
    const surroundings = fakeSurroundings({ cwd: this.path(at), environment: process.env })
    const host = Object.assign(new EventEmitter(), { exit: () => undefined })
    const status = await main({ argv: [...words.split(' '), '--json'], surroundings, host })
    return resultOf(words, status, surroundings.stdout.text, surroundings.stderr.text)
  }

  /** The same in a process of its own, built and started as a user does. */
  spawn(words: string, at = '.'): Result {
    const { status, stdout, stderr } = openledger([...words.split(' '), '--json'], { cwd: this.path(at) })
    return resultOf(words, status, stdout, stderr)
  }

  /** The data of a command that must succeed. */
  async data(words: string, at?: string): Promise<Data> {
    return dataOf(await this.run(words, at))
  }

  /** The exit code, the error and the data of a command that must fail. */
  async failure(words: string, at?: string): Promise<Failure> {
    const { status, document } = await this.run(words, at)
    if (document.ok) throw new Error(`${words} succeeded: ${JSON.stringify(document.data)}`)
    return { status, ...document.error, data: document.data }
  }

  /** What a command tells that found nothing left to do, which is no failure. */
  async nothingLeft(words: string, at?: string): Promise<Data> {
    const data = await this.data(words, at)
    if (data.changed !== false) throw new Error(`${words} changed something: ${JSON.stringify(data)}`)
    return data
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export function dataOf({ words, status, document, stderr }: Result): Data {
  if (status !== 0 || !document.ok) throw new Error(`${words}: ${status} ${JSON.stringify(document)} ${stderr}`)
  return document.data
}

function resultOf(words: string, status: number | null, stdout: string, stderr: string): Result {
  if (!stdout.endsWith('}\n')) throw new Error(`${words} wrote ${stdout || 'nothing'} to stdout, and ${stderr}`)
  return { words, status, document: JSON.parse(stdout), stderr }
}

export interface Result {
  readonly words: string
  readonly status: number | null
  readonly document: { readonly ok: boolean; readonly data: Data; readonly error: Omit<Failure, 'status' | 'data'> }
  readonly stderr: string
}

export interface Failure {
  readonly status: number | null
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly data: Data
}

// biome-ignore lint/suspicious/noExplicitAny: documents of many commands; the tests say what is in them.
type Data = any
