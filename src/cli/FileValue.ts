/** What a settings file says of an option. */
export interface FileValue {
  /** As it is written there, with its line. */
  readonly field: string
  readonly line: number
  readonly value: string | number | boolean | readonly (string | number | boolean)[]
}

/** How an error names the place of a value: `learning_rate (train.yaml, line 4)`. */
export const sourceOf = ({ field, line }: FileValue, path: string): string => `${field} (${path}, line ${line})`
