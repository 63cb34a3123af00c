import { relative, resolve } from 'node:path'
import type { Command } from './declareCommand.js'
import { type FileValue, sourceOf } from './FileValue.js'
import { type Option, refuseValue } from './options.js'
import type { RawInput } from './RawInput.js'

/** The settings file of a command. */
export interface SettingsFile {
  readonly path: string
  readonly values: ReadonlyMap<string, FileValue>
  /** Warnings about fields that have no effect, one line each. */
  readonly notes: readonly string[]
}

/** Reads the settings file that `--config` names, if the command takes one. */
export async function readSettingsFile(
  { settings, options }: Command,
  raw: RawInput,
  cwd: string,
): Promise<SettingsFile | undefined> {
  const given = raw.options['config']
  if (settings === undefined || given === undefined) return undefined
  const path = resolve(cwd, String(given))
  const { readSettings } = await settings()
  const names = Object.keys(options).filter((name) => name !== 'config')
  const shown = relative(cwd, path)
  const file = await readSettings(path, {
    names,
    read(name, stated) {
      const option = options[name] as Option<unknown>
      if (raw.options[name] !== undefined) return undefined
      const each = (one: unknown): unknown =>
        option.read(String(one), refuseValue(sourceOf(stated, shown), option, String(one)), cwd)
      return option.repeatable ? [stated.value].flat().map(each) : each(stated.value)
    },
  })
  return { path: shown, values: file.values, notes: file.notes.map((note) => `${shown}: ${note}`) }
}
