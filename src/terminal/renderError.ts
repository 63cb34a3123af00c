import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import type { Style } from './Style.js'
import { wrap } from './textWidth.js'

/** Any thrown value as a numbered error: what nobody foresaw becomes OL1000, with the cause kept. */
export function numbered(thrown: unknown): OpenLedgerError {
  if (OpenLedgerError.is(thrown)) return thrown
  return new OpenLedgerError('OL1000', { reason: reasonOf(thrown) }, { cause: thrown })
}

/** The part of the JSON document that tells of an error. */
export const errorDocument = ({ code, message, hint }: OpenLedgerError) => ({ code, message, hint })

export interface RenderErrorOptions {
  readonly style: Style
  /** Chain of causes and their stacks besides. */
  readonly verbose: boolean
  /** How the user starts openledger: commands in hints can then be pasted. */
  readonly program: string
}

/** Lines for people: code and message, the hint below. */
export function renderError(error: OpenLedgerError, { style, verbose, program }: RenderErrorOptions): string {
  const { paint, columns } = style
  const [first = '', ...more] = wrap(`${error.code} ${error.message}`, columns - 3)
  const hint = wrap(error.hint.replaceAll('`openledger ', `\`${program} `), columns - 5)
  const lines = [
    `${paint.red('✖')} ${first.replace(error.code, paint.bold(error.code))}`,
    ...more.map((line) => `  ${line}`),
    ...hint.map((line, i) => (i === 0 ? `  ${paint.cyan('→')} ${line}` : `    ${line}`)),
  ]
  if (verbose) {
    lines.push(paint.dim(stackOf(error)))
    for (const cause of causesOf(error)) lines.push(paint.dim(`  caused by ${stackOf(cause)}`))
  }
  return lines.join('\n')
}

const stackOf = (value: unknown): string => (value instanceof Error ? (value.stack ?? value.message) : String(value))

/** A cause that leads back to itself ends the chain. */
function causesOf(error: Error): unknown[] {
  const causes: unknown[] = []
  for (let cause = error.cause; cause !== undefined && !causes.includes(cause); ) {
    causes.push(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}
