import { catalogue, type ErrorCode } from './catalogue.js'
import type { ErrorDescriptor, TemplateNames } from './ErrorDescriptor.js'

/** The row of the catalogue that describes a code. */
export type DescriptorOf<Code extends ErrorCode> = (typeof catalogue)[Code]

/** The arguments that the templates of `Code` name. The compiler checks them. */
export type ErrorArguments<Code extends ErrorCode> = {
  readonly [Name in TemplateNames<DescriptorOf<Code>['message'] | DescriptorOf<Code>['hint']>]: string | number | bigint
}

const brand = Symbol.for('openledger.error')

/**
 * Fills every field of a template, so that no user sees a name in braces. An argument can be missing although the compiler
 * checks them: in an error that comes from another version, or from a value of type `any`.
 */
const fill = (code: string, template: string, values: Readonly<Record<string, string | number | bigint>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value !== undefined && value !== null) return String(value)
    if (process.env['NODE_ENV'] === 'test') throw new TypeError(`${code} was given no ${name}`)
    return '(unknown)'
  })

/**
 * The only error that the project throws on purpose: a code of {@link catalogue}, what happened, and how to fix it.
 *
 * @example
 * throw new OpenLedgerError('OL1101', { file: 'records.jsonl', line: 7, size: 2_000_000, limit: 1_048_576 })
 */
export class OpenLedgerError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'OpenLedgerError'
  readonly code: Code
  readonly hint: string
  readonly exitCode: number
  readonly details: ErrorArguments<Code>
  readonly [brand] = true

  /** @param options `exitCode` replaces the exit code of the table, for an error that reports several others */
  constructor(code: Code, details: ErrorArguments<Code>, options?: ErrorOptions & { readonly exitCode?: number }) {
    const descriptor: ErrorDescriptor = catalogue[code]
    super(fill(code, descriptor.message, details), options)
    this.code = code
    this.hint = fill(code, descriptor.hint, details)
    this.exitCode = options?.exitCode ?? descriptor.exitCode ?? 1
    this.details = details
  }

  /** Also true for an error that another copy of this package threw. */
  static is(error: unknown): error is OpenLedgerError {
    return typeof error === 'object' && error !== null && brand in error
  }
}
