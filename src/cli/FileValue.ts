/** The value of an option in a settings file. */
export interface FileValue {
  /** The field as the file spells it. */
  readonly field: string
  readonly line: number
  readonly value: string | number | boolean | readonly (string | number | boolean)[]
}

/** Names the place of a value, for errors: `learning_rate (train.yaml, line 4)`. */
export const sourceOf = ({ field, line }: FileValue, path: string): string => `${field} (${path}, line ${line})`
