import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { configSchema } from '../../config/schema.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import { type JsonLine, readJsonLines } from '../../files/readJsonLines.js'
import { readJson } from '../../files/readText.js'

/** The templates of this package; the path is the same from the sources and from the compiled code. */
export const templatesFolder = fileURLToPath(new URL('../../../templates', import.meta.url))

const text = z.string().min(1)

const templateSchema = z.object({
  name: configSchema.shape.name,
  title: text,
  description: z.string(),
  licence: text,
  domain: text,
  contributors: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes'),
        speciality: text,
        /** Index of the devnet account that signs for the contributor. */
        account: z.int().nonnegative(),
      }),
    )
    .min(1),
})

const heldOutSchema = z.strictObject({ prompt: text, completion: text, contributor: text })
const questionSchema = z.strictObject({ prompt: text, completion: text.optional(), expects: text })

export type TemplateInfo = z.infer<typeof templateSchema>
export type TemplateContributor = TemplateInfo['contributors'][number]

export interface Template {
  readonly directory: string
  readonly info: TemplateInfo
  /** The records of each contributor, in the order of `info.contributors`. */
  readonly records: readonly {
    readonly contributor: TemplateContributor
    readonly file: string
    readonly lines: JsonLine[]
  }[]
}

const check = <Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.infer<Schema> =>
  parseWith(schema, value, ({ field, problem }) => new OpenLedgerError('OL1151', { path, field, problem }))

async function checkLines(path: string, schema: z.ZodType, names: ReadonlySet<string>, by: string): Promise<void> {
  for (const { line, value } of await readJsonLines(path)) {
    check(schema, value, `${path}, line ${line}`)
    if (!names.has(String(value[by]))) {
      const problem = `is ${JSON.stringify(value[by])}, which is not a contributor of the template`
      throw new OpenLedgerError('OL1151', { path: `${path}, line ${line}`, field: by, problem })
    }
  }
}

/**
 * Lists the templates in a folder by name, for `init`.
 *
 * @throws OL1151 when a template.json is wrong
 */
export async function listTemplates(folder: string = templatesFolder): Promise<TemplateInfo[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const files = names.sort().map((name) => join(folder, name, 'template.json'))
  return Promise.all(files.map(async (file) => check(templateSchema, await readJson(file), file)))
}

/**
 * Reads a template and checks its files.
 *
 * @throws OL1150 when there is no template of this name; OL1151 when one of its files is wrong; OL1900, OL1904 when a file
 * cannot be read
 */
export async function loadTemplate(name: string, folder: string = templatesFolder): Promise<Template> {
  const known = await listTemplates(folder)
  const info = known.find((template) => template.name === name)
  if (info === undefined) {
    throw new OpenLedgerError('OL1150', {
      template: name,
      known: known.map((template) => template.name).join(', ') || 'none',
    })
  }
  const directory = join(folder, name)
  const names = new Set(info.contributors.map((contributor) => contributor.name))
  await checkLines(join(directory, 'held-out.jsonl'), heldOutSchema, names, 'contributor')
  await checkLines(join(directory, 'questions.jsonl'), questionSchema, names, 'expects')
  const records = await Promise.all(
    info.contributors.map(async (contributor) => {
      const file = join(directory, 'records', `${contributor.name}.jsonl`)
      return { contributor, file, lines: await readJsonLines(file) }
    }),
  )
  return { directory, info, records }
}
