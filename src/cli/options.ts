import { resolve } from 'node:path'
import { baseReference } from '../config/baseReference.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { isHex, lowerHex } from '../files/hex.js'

/** Reports a value that cannot be used. The error names the flag or variable that gave the value. */
export type Refuse = (reason: string) => never

/** One option or argument, declared once: the parser, the default, the check and the help all come from it. */
export interface Option<Value> {
  readonly help: string
  /** Name of the value in the usage: `n` in `--epochs <n>`. A flag has none. */
  readonly placeholder: string | undefined
  /** One letter. */
  readonly short: string | undefined
  /** Environment variable that is read when the option is not given. */
  readonly env: string | undefined
  readonly required: boolean
  /** The option may be given more than once; `read` then reads each value by itself. */
  readonly repeatable?: true
  /** The value that the option has when it is given without one: `--early-stopping`. */
  readonly bare?: Value | undefined
  /** A flag that can be turned off: `--shuffle` and `--no-shuffle`. */
  readonly negatable?: true
  readonly fallback: Value | undefined
  /** The default in words, for the help, when the command computes it: `the newest version`. */
  readonly defaultText?: string
  /** What the option accepts, for the hint of an error: `a whole number of at least 1`. */
  readonly expected: string
  /** What a shell can complete: names of files, or one of these words. */
  readonly completes?: 'files' | readonly string[]
  read(text: string, refuse: Refuse, cwd: string): Value
}

interface Declaration<Value> {
  readonly help: string
  readonly placeholder?: string
  readonly short?: string
  readonly env?: `OPENLEDGER_${string}`
  readonly default?: Value
  readonly defaultText?: string
  readonly bare?: Value
  readonly required?: true
}

/** The value of an option that has no default and is not required may be undefined. */
type Present<Value, Declared> = Declared extends { default: Value } | { required: true } ? Value : Value | undefined

function valueOption<Value, Declared extends Declaration<Value>>(
  declared: Declared,
  placeholder: string,
  expected: string,
  read: Option<Value>['read'],
  completes?: Option<Value>['completes'],
): Option<Present<Value, Declared>> {
  const option: Option<Value> = {
    help: declared.help,
    placeholder: declared.placeholder ?? placeholder,
    short: declared.short,
    env: declared.env,
    required: declared.required === true,
    bare: declared.bare,
    fallback: declared.default,
    expected,
    read,
    ...(declared.defaultText !== undefined && { defaultText: declared.defaultText }),
    ...(completes !== undefined && { completes }),
  }
  // readInput decides by `fallback` and `required`, from which Present is computed.
  return option as unknown as Option<Present<Value, Declared>>
}

/** On the command line a switch is present or absent; a settings file writes true or false. */
const readSwitch = (given: string, refuse: Refuse): boolean =>
  given === 'true' || (given !== 'false' && refuse('it is neither true nor false'))

/** An option without a value: `--json`. */
export const flag = (declared: { readonly help: string; readonly short?: string }): Option<boolean> => ({
  help: declared.help,
  placeholder: undefined,
  short: declared.short,
  env: undefined,
  required: false,
  fallback: false,
  expected: 'true or false',
  read: readSwitch,
})

/** An option that can be turned on and off: of `--shuffle` and `--no-shuffle` the last one counts. */
export const toggle = (declared: { readonly help: string; readonly default: boolean }): Option<boolean> => ({
  help: declared.help,
  placeholder: undefined,
  short: undefined,
  env: undefined,
  required: false,
  negatable: true,
  fallback: declared.default,
  expected: 'true or false',
  read: readSwitch,
})

export const text = <const Declared extends Declaration<string>>(declared: Declared) =>
  valueOption<string, Declared>(declared, 'text', 'a text that is not empty', (given, refuse) =>
    given.trim() === '' ? refuse('it is empty') : given,
  )

/** A text in which white space counts. */
export const exactText = <const Declared extends Declaration<string>>(declared: Declared) =>
  valueOption<string, Declared>(declared, 'text', 'a text that is not empty', (given, refuse) =>
    given === '' ? refuse('it is empty') : given,
  )

/** A file or folder; the command gets it as an absolute path. */
export const path = <const Declared extends Declaration<string>>(declared: Declared) =>
  valueOption<string, Declared>(
    declared,
    'path',
    'the path of a file or folder',
    (given, refuse, cwd) => (given === '' ? refuse('it is empty') : resolve(cwd, given)),
    'files',
  )

/** A base model: a folder, which the command gets as an absolute path, or a model on the Hugging Face Hub. */
export const base = <const Declared extends Declaration<string>>(declared: Declared) =>
  valueOption<string, Declared>(
    declared,
    'model',
    'a folder, or owner/name of a model',
    (given, refuse, cwd) => (given === '' ? refuse('it is empty') : baseReference(given, cwd)),
    'files',
  )

/** An option that may be given more than once; the command gets all its values in their order. */
export const many = <Value>(option: Option<Value>): Option<readonly NonNullable<Value>[]> =>
  // readInput reads each value by itself and collects them.
  ({ ...option, repeatable: true }) as unknown as Option<readonly NonNullable<Value>[]>

interface Range {
  readonly min?: number
  readonly max?: number
  /** The bounds themselves are refused: `above` instead of `min`, `below` instead of `max`. */
  readonly above?: number
  readonly below?: number
}

function describe(kind: string, { min, max, above, below }: Range): string {
  const bounds = [
    ...(min === undefined ? [] : [`of at least ${min}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(max === undefined ? [] : [`${min === undefined && above === undefined ? 'of ' : ''}at most ${max}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ]
  return [kind, bounds.join(' and ')].filter(Boolean).join(' ')
}

function checkRange(value: number, { min, max, above, below }: Range, refuse: Refuse): number {
  if (!Number.isFinite(value)) return refuse('it is not a number')
  if (min !== undefined && value < min) return refuse(`it is less than ${min}`)
  if (above !== undefined && value <= above) return refuse(`it is not above ${above}`)
  if (max !== undefined && value > max) return refuse(`it is more than ${max}`)
  if (below !== undefined && value >= below) return refuse(`it is not below ${below}`)
  return value
}

/** Number() alone would read '' as 0, and would accept '0x10'. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

export const number = <const Declared extends Declaration<number> & Range>(declared: Declared) =>
  valueOption<number, Declared>(declared, 'x', describe('a number', declared), (given, refuse) =>
    checkRange(decimal.test(given) ? Number(given) : Number.NaN, declared, refuse),
  )

export const integer = <const Declared extends Declaration<number> & Range>(declared: Declared) =>
  valueOption<number, Declared>(declared, 'n', describe('a whole number', declared), (given, refuse) => {
    if (!/^[+-]?\d+$/.test(given)) return refuse('it is not a whole number')
    const value = Number(given)
    return Number.isSafeInteger(value) ? checkRange(value, declared, refuse) : refuse('it has too many digits')
  })

/** An amount of OPEN in decimals, such as 0.25; the command gets wei. */
export const amount = <const Declared extends Declaration<bigint>>(declared: Declared) =>
  valueOption<bigint, Declared>(
    declared,
    'open',
    'an amount of OPEN such as 0.25, with at most 18 decimals',
    (given, refuse) => {
      const parts = /^(\d{1,59})(?:\.(\d{1,18}))?$/.exec(given)
      if (parts === null) return refuse('it is not an amount')
      const [, whole = '0', fraction = ''] = parts
      return BigInt(whole) * 10n ** 18n + BigInt(fraction.padEnd(18, '0'))
    },
  )

const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const

/** A length of time such as `90`, `90s`, `15m`, `2h`, `7d` or `1w`; the command gets whole seconds. */
export const duration = <const Declared extends Declaration<number>>(declared: Declared) =>
  valueOption<number, Declared>(
    declared,
    'duration',
    'seconds, or a number with s, m, h, d or w such as 7d',
    (given, refuse) => {
      const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)([smhdw])?$/.exec(given) ?? []
      if (digits === undefined) return refuse('it is not a length of time')
      return Math.round(Number(digits) * secondsOf[unit as keyof typeof secondsOf])
    },
  )

/** 32 bytes, such as a Merkle root. */
export const hash32 = <const Declared extends Declaration<`0x${string}`>>(declared: Declared) =>
  valueOption<`0x${string}`, Declared>(declared, '0x…', '0x and 64 hexadecimal digits', (given, refuse) =>
    isHex(given, 32) ? lowerHex(given) : refuse('it is not 32 bytes in hex'),
  )

/** One of a few words. */
export const choice = <const Word extends string, const Declared extends Declaration<Word>>(
  words: readonly Word[],
  declared: Declared,
) =>
  valueOption<Word, Declared>(
    declared,
    words.join('|'),
    `one of ${words.join(', ')}`,
    (given, refuse) => words.find((candidate) => candidate === given) ?? refuse('it is not known'),
    words,
  )

/** The flag of an option: `--learning-rate` for `learningRate`. */
export const longFlag = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** The flag and the placeholder of an option, as messages name it: `--data <file>`. */
export const optionLabel = (name: string, { placeholder }: Option<unknown>): string =>
  `${longFlag(name)}${placeholder === undefined ? '' : ` <${placeholder}>`}`

/** The flag that turns a toggle off: `--no-shuffle`. */
export const negatedFlag = (name: string): string => longFlag(name).replace('--', '--no-')

/** Throws OL1005: the flag, field or variable `source` has a value that its option does not accept. */
export const refuseValue =
  (source: string, { expected }: Option<unknown>, value: string): Refuse =>
  (reason) => {
    throw new OpenLedgerError('OL1005', { source, value: JSON.stringify(value), reason, expected })
  }
