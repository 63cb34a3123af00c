import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openledger } from '../cli/openledger.js'

/** A folder of its own for a test file; `openledger` runs in it as a user runs it. */
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

  /** Runs with --json, whose one document must be all of stdout. `at` is a folder inside this one. */
  run(words: string, at = '.'): { status: number | null; document: Document; stderr: string } {
    const { status, stdout, stderr } = openledger([...words.split(' '), '--json'], { cwd: this.path(at) })
    if (!stdout.endsWith('}\n')) throw new Error(`${words} wrote ${stdout || 'nothing'} to stdout, and ${stderr}`)
    return { status, document: JSON.parse(stdout), stderr }
  }

  /** The data of a command that must succeed. */
  data(words: string, at = '.'): Data {
    const { status, document, stderr } = this.run(words, at)
    if (status !== 0 || !document.ok) throw new Error(`${words}: ${status} ${JSON.stringify(document)} ${stderr}`)
    return document.data
  }

  /** The exit code and the error of a command that must fail. */
  failure(words: string, at = '.'): { status: number | null; code: string; message: string; hint: string; data: Data } {
    const { status, document } = this.run(words, at)
    if (document.ok) throw new Error(`${words} succeeded: ${JSON.stringify(document.data)}`)
    return { status, ...document.error, data: document.data }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

// biome-ignore lint/suspicious/noExplicitAny: documents of many commands; the tests say what is in them.
type Data = any
interface Document {
  readonly ok: boolean
  readonly data: Data
  readonly error: { readonly code: string; readonly message: string; readonly hint: string }
}
