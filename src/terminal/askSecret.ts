import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { printable } from './printable.js'
import type { Surroundings } from './surroundings.js'

export interface AskSecretOptions {
  readonly surroundings: Surroundings
  readonly signal: AbortSignal
  /** What the user can do without a terminal, for the error. */
  readonly remedy: string
}

/**
 * Asks for a line and does not show it while the user types.
 *
 * @param what a description such as `The password of ops`
 * @throws OL1621 when there is no terminal to ask on
 */
export async function askSecret(what: string, { surroundings, signal, remedy }: AskSecretOptions): Promise<string> {
  const { stdin, stderr } = surroundings
  if (stdin.isTTY !== true || stderr.isTTY !== true) throw new OpenLedgerError('OL1621', { what, remedy })
  // The line editor echoes to a stream that drops everything; in raw mode the terminal echoes nothing either.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 })
  stderr.write(printable(`${what} (not shown): `))
  try {
    // While readline reads, Ctrl-C reaches it instead of the process.
    reader.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'))
    // Ctrl-D, or a terminal that disappears, would leave the question open for ever.
    const closed = new Promise<never>((_, reject) =>
      reader.on('close', () => reject(new OpenLedgerError('OL1621', { what, remedy }))),
    )
    return await Promise.race([reader.question('', { signal }), closed])
  } finally {
    reader.close()
    stderr.write('\n')
  }
}
