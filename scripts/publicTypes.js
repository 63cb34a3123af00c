// Checks the face of the library, as the compiler wrote it into dist/: a type that the declaration of an exported name
// mentions is exported by the same entry, so that a user can name it:
//   node scripts/publicTypes.js [package folder]
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'

/**
 * A declaration file: what it declares at its top, what it imports under which name, and what it exports.
 *
 * @typedef {{ file: string, name: string }} Place
 * @typedef {{
 *   declared: Map<string, object[]>,
 *   imported: Map<string, Place>,
 *   exported: Map<string, Place>,
 *   all: string[],
 * }} Declarations
 */

/** @type {Map<string, Declarations>} */
const read = new Map()

/** `chain/actions/getModel.d.ts` for `./chain/actions/getModel.js`; undefined for a package. */
const fileOf = (from, specifier) =>
  specifier.startsWith('.') ? resolve(dirname(from), specifier).replace(/\.js$/, '.d.ts') : undefined

/** The name of an import or export specifier. */
const nameOf = (node) => ('name' in node ? node.name : node.value)

/**
 * @param {string} file
 * @returns {Declarations}
 */
function declarationsOf(file) {
  const known = read.get(file)
  if (known !== undefined) return known
  /** @type {Declarations} */
  const found = { declared: new Map(), imported: new Map(), exported: new Map(), all: [] }
  read.set(file, found)
  const declare = (node) => {
    const names = node.declarations?.map(({ id }) => id.name) ?? [node.id.name]
    for (const name of names) found.declared.set(name, [...(found.declared.get(name) ?? []), node])
    return names
  }
  for (const node of parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }).body) {
    if (node.type === 'ImportDeclaration') {
      const from = fileOf(file, node.source.value)
      if (from === undefined) continue
      // A module that is imported whole serves `typeof` only.
      for (const specifier of node.specifiers) {
        if (specifier.type !== 'ImportSpecifier') continue
        found.imported.set(specifier.local.name, { file: from, name: nameOf(specifier.imported) })
      }
    } else if (node.type === 'ExportAllDeclaration') {
      const from = fileOf(file, node.source.value)
      if (from !== undefined) found.all.push(from)
    } else if (node.type === 'ExportNamedDeclaration') {
      for (const name of node.declaration ? declare(node.declaration) : []) found.exported.set(name, { file, name })
      const from = node.source ? fileOf(file, node.source.value) : file
      if (from === undefined) continue
      for (const { local, exported } of node.specifiers)
        found.exported.set(nameOf(exported), { file: from, name: nameOf(local) })
    } else if ('id' in node || 'declarations' in node) {
      declare(node)
    }
  }
  return found
}

/** Where a name of a file is declared; undefined when a package or the language itself declares it. */
function declaredAt({ file, name }) {
  const { declared, imported, exported, all } = declarationsOf(file)
  if (declared.has(name)) return { file, name }
  const next = imported.get(name) ?? exported.get(name)
  if (next !== undefined) return declaredAt(next)
  for (const source of all) {
    const found = declaredAt({ file: source, name })
    if (found !== undefined) return found
  }
  return undefined
}

/** Every name that an entry exports. */
function namesOf(file) {
  const { exported, all } = declarationsOf(file)
  return new Map([...all.flatMap((source) => [...namesOf(source)]), ...exported])
}

/** The names of types that a declaration mentions; `typeof x` mentions a value, which needs no name. */
function* typesIn(node, file) {
  if (node === null || typeof node !== 'object') return
  if (Array.isArray(node)) {
    for (const part of node) yield* typesIn(part, file)
    return
  }
  if (node.type === 'TSTypeReference' && node.typeName.type === 'Identifier') yield { file, name: node.typeName.name }
  if (node.type === 'TSInterfaceHeritage' || node.type === 'TSClassImplements')
    yield { file, name: node.expression.name }
  if (node.type === 'ClassDeclaration' && node.superClass) yield { file, name: node.superClass.name }
  if (node.type === 'TSImportType' && node.qualifier) {
    const from = fileOf(file, node.source.value)
    if (from !== undefined) yield { file: from, name: node.qualifier.name }
  }
  if (node.type === 'TSTypeQuery') return
  for (const part of Object.values(node)) yield* typesIn(part, file)
}

const idOf = ({ file, name }) => `${file} ${name}`

/** The types that an entry mentions and does not export, each with the first name whose declaration mentions it. */
function missingTypes(entry) {
  const names = [...namesOf(entry)].flatMap(([shown, place]) => {
    const declared = declaredAt(place)
    return declared === undefined ? [] : [{ ...declared, shown }]
  })
  const exported = new Set(names.map(idOf))
  const missing = new Map()
  const queue = [...names]
  for (const { file, name, shown } of queue) {
    for (const node of declarationsOf(file).declared.get(name) ?? []) {
      for (const mention of typesIn(node, file)) {
        const type = declaredAt(mention)
        if (type === undefined || exported.has(idOf(type))) continue
        exported.add(idOf(type))
        missing.set(type, shown)
        queue.push({ ...type, shown })
      }
    }
  }
  return missing
}

const root = process.argv[2] ? resolve(process.argv[2]) : fileURLToPath(new URL('..', import.meta.url))
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
let wrong = 0
let names = 0
for (const [path, target] of Object.entries(exports)) {
  if (typeof target === 'string' || target.types === undefined) continue
  const entry = join(root, target.types)
  names += namesOf(entry).size
  for (const [{ file, name }, shown] of missingTypes(entry)) {
    wrong++
    console.error(`openledger${path.slice(1)}: ${shown} mentions the type ${name} of ${relative(root, file)}`)
  }
}
console.log(`${names} exported names, ${wrong} types that they mention and that are not exported beside them`)
process.exitCode = wrong === 0 ? 0 : 1
