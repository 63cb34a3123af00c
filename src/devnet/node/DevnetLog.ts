import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The log of the keeper, `.openledger/logs/devnet.log`. Each line begins with the time and is written at once, so that nothing
 * is missing after a crash.
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
      // A log that cannot be written, for example on a full disk, must not end the devnet.
    }
  }
}
