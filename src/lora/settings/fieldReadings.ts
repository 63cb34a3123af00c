/**
 * The meaning of a field in a settings file: a setting with its value, optionally with a note; a setting given as a frequency
 * per epoch (0 means never); a note why the field has no effect; or the problem why it is refused.
 */
export type Meaning =
  | { readonly setting: string; readonly value: unknown; readonly note?: string }
  | { readonly setting: string; readonly perEpoch: number }
  | { readonly note: string }
  | { readonly problem: string }

/** Interprets the value of a field; undefined if the field has no effect because it states the only behaviour. */
export type Reading = (value: unknown) => Meaning | undefined

/** Reads the value as it is. */
export const as =
  (setting: string): Reading =>
  (value) => ({ setting, value })

/** Maps words to values of a setting, and refuses other words. */
export const oneOf =
  (setting: string, words: Readonly<Record<string, unknown>>): Reading =>
  (value) =>
    Object.hasOwn(words, String(value))
      ? { setting, value: words[String(value)] }
      : { problem: `${JSON.stringify(value)} is none of ${Object.keys(words).join(', ')}` }

/** Accepts only the values that state what is done anyway. */
export const only =
  (values: readonly unknown[], otherwise: string): Reading =>
  (value) =>
    values.some((known) => JSON.stringify(known) === JSON.stringify(value)) ? undefined : { problem: otherwise }

/** Reads a list of names; an empty list has no effect. */
export const names =
  (setting: string): Reading =>
  (value) =>
    Array.isArray(value) && value.length === 0 ? undefined : { setting, value }

/** Reads numbers by layer names, which are JSON on the command line; an empty mapping has no effect. */
export const pattern =
  (setting: string): Reading =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { problem: `${JSON.stringify(value)} is not a mapping of names to numbers` }
    return Object.keys(value).length === 0 ? undefined : { setting, value: JSON.stringify(value) }
  }

/** Reads a share of the records; 1 itself is refused. */
export const share =
  (setting: string, name: string): Reading =>
  (value) =>
    typeof value === 'number' && value >= 0 && value < 1
      ? { setting, value }
      : { problem: `${name} is a share of at least 0 and below 1` }

/** Reads the local files of Axolotl's list, at most `most` of them. */
export const datasets =
  (setting: string, most: number): Reading =>
  (value) => {
    const entries = [value].flat().map(datasetPath)
    if (entries.length > most)
      return { problem: 'only one file can be used for evaluation: combine the files, or name one' }
    const problem = entries.find((entry) => typeof entry !== 'string')
    return problem ?? { setting, value: most === 1 ? entries[0] : entries }
  }

/** The path of an entry of Axolotl's list. */
function datasetPath(entry: unknown): string | { readonly problem: string } {
  if (typeof entry === 'string') return entry
  const { path, type, ds_type: kind, ...rest } = (entry ?? {}) as Record<string, unknown>
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    return {
      problem: `${unknown} has no counterpart: the fields of a record decide its shape, and \`map\` names its columns`,
    }
  if (typeof path !== 'string') return { problem: 'it names no path' }
  const shapes = ['alpaca', 'sharegpt', 'chat_template', 'completion', undefined]
  if (!shapes.includes(type as string)) return { problem: `the type ${JSON.stringify(type)} is not known` }
  const kinds = ['json', 'csv', 'parquet', undefined]
  return kinds.includes(kind as string) ? path : { problem: `files of ${JSON.stringify(kind)} are not read` }
}

/** Reads columns as a mapping, or in the syntax of the flag. */
export const columns: Reading = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { setting: 'map', value: Object.entries(value).map(([field, column]) => `${field}=${column}`) }
    : { setting: 'map', value }

/** A field that does not affect the adapter. It gets a note, unless its value is false, none or empty. */
export const idle =
  (why: string): Reading =>
  (value) =>
    value === false || value === 'none' || (Array.isArray(value) && value.length === 0) ? undefined : { note: why }

/** Reads how often something is done per epoch. */
export const perEpoch =
  (setting: string): Reading =>
  (value) =>
    typeof value === 'number' && value > 0
      ? { setting, perEpoch: value }
      : { problem: `${JSON.stringify(value)} is not a number above 0` }

/** The strategies of transformers for evaluating or saving, as a frequency of `setting`. */
export const strategy =
  (setting: string): Reading =>
  (value) =>
    value === 'epoch'
      ? { setting, perEpoch: 1 }
      : value === 'no' || value === false
        ? { setting, perEpoch: 0 }
        : value === 'steps'
          ? undefined
          : { problem: `${JSON.stringify(value)} is none of no, steps, epoch` }

const optimizerNames: Readonly<Record<string, string>> = {
  adamw: 'adamw',
  adamw_torch: 'adamw',
  adamw_torch_fused: 'adamw',
  adamw_apex_fused: 'adamw',
  paged_adamw: 'adamw',
  paged_adamw_32bit: 'adamw',
  adamw_8bit: 'adamw',
  adamw_bnb_8bit: 'adamw',
  paged_adamw_8bit: 'adamw',
  sgd: 'sgd',
  adafactor: 'adafactor',
  lion: 'lion',
  lion_32bit: 'lion',
  paged_lion_32bit: 'lion',
  lion_8bit: 'lion',
  paged_lion_8bit: 'lion',
}

/** Reads the name of an optimizer, as transformers spell it. */
export const optimizer: Reading = (value) => {
  const found = typeof value === 'string' && Object.hasOwn(optimizerNames, value) ? optimizerNames[value] : undefined
  if (found === undefined)
    return { problem: `there is no optimizer ${JSON.stringify(value)}: use adamw, sgd, adafactor or lion` }
  const note = 'the optimizer keeps its state in float32, not in 8 bits'
  return { setting: 'optimizer', value: found, ...(String(value).includes('8bit') && { note }) }
}

/** Reads the momentum from transformers' `optim_args`: `momentum=0.9`, or a mapping. */
export const optimizerArguments: Reading = (value) => {
  if (typeof value !== 'string' && (typeof value !== 'object' || Array.isArray(value)))
    return { problem: `${JSON.stringify(value)} is neither momentum=0.9 nor a mapping` }
  const given =
    typeof value === 'string'
      ? Object.fromEntries(value.split(',').map((part) => part.split('=').map((word) => word.trim())))
      : ((value ?? {}) as Readonly<Record<string, unknown>>)
  const [other] = Object.keys(given).filter((name) => name !== 'momentum')
  if (other !== undefined) return { problem: `momentum is supported, ${other} is not` }
  return given['momentum'] === undefined ? undefined : { setting: 'momentum', value: Number(given['momentum']) }
}

/** Accepts only the padding token, which does not affect the result. */
export const specialTokens: Reading = (value) => {
  const [other] = Object.keys((value ?? {}) as object).filter((name) => name !== 'pad_token')
  return other === undefined
    ? { note: 'padding is never read' }
    : { problem: `the tokenizer of the base model defines ${other}; change it there` }
}

/** Reads how PEFT initializes an adapter; true means by default. */
export const initialization: Reading = (value) => (value === true ? undefined : { setting: 'initLoraWeights', value })

/** Reads the order of training records as transformers name it. */
export const sampling: Reading = (value) => {
  if (value === 'group_by_length') return { setting: 'groupByLength', value: true }
  if (value === 'sequential') return { setting: 'shuffle', value: false }
  return value === 'random' ? undefined : { problem: `${JSON.stringify(value)} is not implemented` }
}
