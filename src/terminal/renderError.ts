import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import type { Style } from './Style.js'
import { wrap } from './textWidth.js'

/** Converts any thrown value to a numbered error. An unexpected one becomes the cause of an OL1000. */
export function numbered(thrown: unknown): OpenLedgerError {
  if (OpenLedgerError.is(thrown)) return thrown
  return new OpenLedgerError('OL1000', { reason: reasonOf(thrown) }, { cause: thrown })
}

/** The error as a part of the JSON document. */
export const errorDocument = ({ code, message, hint }: OpenLedgerError) => ({ code, message, hint })

export interface RenderErrorOptions {
  readonly style: Style
  /** Also show the stack and the chain of causes. */
  readonly verbose: boolean
  /** The command that starts openledger, so that the user can paste commands from hints. */
  readonly program: string
}

/** Renders an error for people: code and message, with the hint below. */
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

/** The chain of causes; a cycle ends it. */
function causesOf(error: Error): unknown[] {
  const causes: unknown[] = []
  for (let cause = error.cause; cause !== undefined && !causes.includes(cause); ) {
    causes.push(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}
