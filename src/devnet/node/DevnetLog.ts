import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * What the keeper has to tell: `.openledger/logs/devnet.log`, a line each, with the time. Written at once, so that
 * nothing is missing after a crash.
 */
export class DevnetLog {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  write(line: string): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true })
      appendFileSync(this.#path, `${new Date().toISOString()} ${line}\n`)
    } catch {
      // A log that cannot be written, on a full disk, must not end what it tells of.
    }
  }
}
