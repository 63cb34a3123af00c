import { createInterface } from 'node:readline/promises'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { printable } from './printable.js'
import type { Surroundings } from './surroundings.js'

export interface ConfirmOptions {
  readonly surroundings: Surroundings
  /** The user has agreed beforehand with `--yes`. */
  readonly yes: boolean
  readonly signal: AbortSignal
}

/**
 * Asks the user to agree, and returns only if the user does.
 *
 * @param asked the question, such as `Pay 1.25 OPEN from 0x1234…abcd?`
 * @throws OL1008 when there is no terminal to ask on
 * @throws OL1009 when the user does not agree; any answer except y and yes is a no
 */
export async function confirm(asked: string, { surroundings, yes, signal }: ConfirmOptions): Promise<void> {
  if (yes) return
  // The error message omits the question mark.
  const question = asked.replace(/\?$/, '')
  const { stdin, stderr } = surroundings
  if (stdin.isTTY !== true || stderr.isTTY !== true) throw new OpenLedgerError('OL1008', { question })
  const reader = createInterface({ input: stdin, output: stderr })
  try {
    // While readline reads, Ctrl-C reaches it instead of the process.
    reader.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'))
    const answer = await reader.question(printable(`${question}? [y/N] `), { signal })
    if (!/^y(es)?$/i.test(answer.trim())) throw new OpenLedgerError('OL1009', { question })
  } finally {
    reader.close()
  }
}
