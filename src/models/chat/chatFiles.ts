import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readText } from '../../files/readText.js'
import { reasonOf } from '../../files/reasonOf.js'
import { readModelJson } from '../readModelJson.js'
import { howToMake } from './portableTokenizer.js'

const tokenText = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]).nullish()
const named = z.array(z.object({ name: z.string(), template: z.string() }))
const template = z.union([
  z.string().transform((source) => new Map([['default', source]])),
  named.transform((templates) => new Map(templates.map(({ name, template: source }) => [name, source]))),
])
const standardTokens = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const
const tokens = z.looseObject(
  Object.fromEntries(standardTokens.map((name) => [name, tokenText])) as Record<
    (typeof standardTokens)[number],
    typeof tokenText
  >,
)
const configSchema = tokens.extend({
  chat_template: template.nullish(),
  added_tokens_decoder: z.record(z.string(), z.unknown()).nullish(),
  extra_special_tokens: z.unknown().optional(),
})

/** A component of tokenizer.json; its type decides how it is computed, or that it is refused. */
const component = z.looseObject({ type: z.string() }).nullish()
const definitionSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int().min(0), content: z.string() })).nullish(),
  normalizer: component,
  pre_tokenizer: component,
  post_processor: component,
  decoder: component,
})

const required = 'tokenizer.json'
const configName = 'tokenizer_config.json'
const templateName = 'chat_template.jinja'
const templateFolder = 'additional_chat_templates'
const legacyName = 'special_tokens_map.json'

/** Whether a file of a model is one of the additional chat templates, next to chat_template.jinja. */
export const isFurtherTemplate = (path: string): boolean =>
  path.startsWith(`${templateFolder}/`) && /^[^/\\]+\.jinja$/.test(path.slice(templateFolder.length + 1))

/** The tokenizer and the chat templates of a model folder. */
export interface ChatFiles {
  /** The unchanged content of tokenizer.json. */
  readonly definition: object
  readonly config: Readonly<Record<string, unknown>>
  /** The named special tokens, such as `bos_token`, which are variables of the templates. */
  readonly tokens: ReadonlyMap<string, string>
  /** The sources of the chat templates by name, such as `default` and `tool_use`. */
  readonly templates: ReadonlyMap<string, string>
}

/**
 * The names of the files in a model folder that define how text is tokenized. Older models have their special tokens in
 * special_tokens_map.json, which is read only if tokenizer_config.json does not list the added tokens.
 */
export async function tokenizerFileNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder)
  if (!entries.includes(required)) throw new Error(missing(entries))
  const names = [required, ...[configName, templateName].filter((name) => entries.includes(name))]
  if (entries.includes(legacyName) && (await isLegacy(folder, entries))) names.push(legacyName)
  if (entries.includes(templateFolder)) {
    const templates = (await readdir(join(folder, templateFolder))).map((name) => `${templateFolder}/${name}`)
    names.push(...templates.filter(isFurtherTemplate).sort())
  }
  return names
}

/** The reason for a folder without tokenizer.json, with the older files that it has instead. */
function missing(entries: readonly string[]): string {
  const older = entries.find((name) => /^(?:tokenizer|spiece|sentencepiece(?:\.bpe)?)\.model$|\.tiktoken$/.test(name))
  if (older !== undefined) return `there is ${older} and no ${required}; ${howToMake}`
  if (!entries.includes('vocab.json')) return `there is no ${required}`
  return entries.includes('merges.txt')
    ? `there are vocab.json and merges.txt and no ${required}; ${howToMake}`
    : `there is vocab.json, but neither merges.txt nor ${required}; copy both from the original model, or ${howToMake}`
}

async function isLegacy(folder: string, entries: readonly string[]): Promise<boolean> {
  if (!entries.includes(configName)) return true
  const config = await readModelJson(join(folder, configName))
  return typeof config === 'object' && config !== null && !('added_tokens_decoder' in config)
}

/**
 * Reads tokenizer.json and its companion files the way transformers does.
 *
 * @throws OL1900 and OL1903 when a file cannot be read or is not JSON; an Error with file and field when a file is malformed
 */
export async function readChatFiles(folder: string): Promise<ChatFiles> {
  const names = await tokenizerFileNames(folder)
  const read = async <Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.infer<Schema>> => {
    const { data, error } = schema.safeParse(names.includes(name) ? await readModelJson(join(folder, name)) : {})
    if (error !== undefined) throw new Error(`${name}: ${reasonOf(error)}`, { cause: error })
    return data
  }
  const definition = await read(required, definitionSchema)
  const config = await read(configName, configSchema)
  const legacy = await read(legacyName, tokens)
  const templates = new Map<string, string>()
  for (const name of names) {
    if (!name.endsWith('.jinja')) continue
    const key = name === templateName ? 'default' : name.slice(templateFolder.length + 1, -'.jinja'.length)
    templates.set(key, await readText(join(folder, name)))
  }
  return {
    definition,
    config,
    tokens: namedTokens({ ...config, ...legacy }),
    // Template files replace all templates of the configuration.
    templates: templates.size > 0 ? templates : (config.chat_template ?? templates),
  }
}

/** The standard special tokens such as `bos_token`, and any other text of the configuration whose name ends in `_token`. */
function namedTokens(config: Readonly<Record<string, unknown>>): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(tokens.parse(config))) {
    const text = name.endsWith('_token') ? tokenText.safeParse(value).data : undefined
    if (text != null) found.set(name, text)
  }
  const extra = z.record(z.string(), z.unknown()).safeParse(config['extra_special_tokens'])
  for (const [name, value] of Object.entries(extra.data ?? {})) {
    const text = tokenText.safeParse(value).data
    if (text != null) found.set(name, text)
  }
  return found
}
