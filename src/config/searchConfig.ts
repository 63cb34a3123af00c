import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type CosmiconfigResult, cosmiconfig, defaultLoaders } from 'cosmiconfig'
import { parse } from 'yaml'
import type { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { plainMessage } from '../files/plainMessage.js'
import { reasonOf } from '../files/reasonOf.js'

const extensions = ['json', 'yaml', 'yml', 'js', 'mjs', 'cjs', 'ts'] as const

/** Loads TypeScript with Node's own type stripping. The loader of cosmiconfig needs the compiler of an older TypeScript. */
const loadTypeScript = async (file: string): Promise<unknown> => (await import(pathToFileURL(file).href)).default

/** The reader of training configurations; cosmiconfig would load another one. As with that, `<<` takes over another map. */
const loadYaml = (_: string, text: string): unknown => parse(text, { merge: true })

function explorerOf(base: string) {
  return cosmiconfig('openledger', {
    searchPlaces: [...extensions.map((extension) => `${base}.${extension}`), 'package.json'],
    searchStrategy: 'none',
    ignoreEmptySearchPlaces: false,
    loaders: { ...defaultLoaders, '.ts': loadTypeScript, '.yaml': loadYaml, '.yml': loadYaml },
  })
}

/** Finds the configuration file called `base` with any extension, in a folder or the nearest one above it. */
async function searchUpwards(base: string, folder: string, stop: string | undefined): Promise<CosmiconfigResult> {
  const explorer = explorerOf(base)
  for (let here = folder; ; here = dirname(here)) {
    const found = await explorer.search(here)
    if (found !== null) return found
    if (here === stop || dirname(here) === here) return null
  }
}

export interface FoundConfig<Value> {
  readonly file: string
  readonly folder: string
  readonly value: Value
}

/**
 * Finds, loads and checks a configuration file.
 *
 * @param base name of the file without its extension
 * @param stop the last folder to search, by default the root of the file system
 * @throws OL1021 when the file cannot be loaded
 * @throws OL1022 when its content does not fit the schema; the error names every wrong field
 */
export async function searchConfig<Schema extends z.ZodObject>(
  base: string,
  schema: Schema,
  folder: string,
  stop?: string,
): Promise<FoundConfig<z.infer<Schema>> | undefined> {
  let found: CosmiconfigResult
  try {
    found = await searchUpwards(base, folder, stop)
  } catch (cause) {
    const file = cause instanceof Error && 'filepath' in cause ? String(cause.filepath) : join(folder, `${base}.*`)
    throw new OpenLedgerError('OL1021', { file, reason: firstLine(reasonOf(cause)) }, { cause })
  }
  if (found === null) return undefined
  const checked = schema.safeParse(found.isEmpty === true ? {} : found.config)
  if (!checked.success) {
    const problems = checked.error.issues.map(
      (issue) => `${issue.path.join('.') || 'the file'}: ${plainMessage(issue)}`,
    )
    const fields = Object.keys(schema.shape).join(', ')
    throw new OpenLedgerError('OL1022', { file: found.filepath, problems: problems.join('; '), fields })
  }
  return { file: found.filepath, folder: dirname(found.filepath), value: checked.data }
}

/** The start of a parser's message: the first lines say what is wrong and where, the others quote the file. */
const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 2)
    .join(' ')
