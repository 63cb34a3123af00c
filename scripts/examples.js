// Compiles every `@example` of src/ and every ts block of README.md and docs/ against the types in dist/: npm run examples
//   An example imports by itself what is in it: names of its own file, of an entry of the library, of viem and of jest.
//   The values that it takes as given (a client, a devnet) are declared in scripts/examples/<room>.ts.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'cache/examples')

/** @typedef {{ source: string, line: number, code: string, room: string, file: string | undefined }} Example */

/** @type {Map<string, string[]>} */
const exported = new Map()

/** The values and types that a TypeScript file exports by its own declarations or by a list of names. */
function exportsOf(path) {
  const known = exported.get(path)
  if (known !== undefined) return known
  /** @type {string[]} */
  const names = []
  exported.set(path, names)
  for (const node of parseAst(readFileSync(path, 'utf8'), { lang: path.endsWith('x') ? 'tsx' : 'ts' }).body) {
    if (node.type !== 'ExportNamedDeclaration') continue
    for (const { exported: as } of node.specifiers) names.push('name' in as ? as.name : as.value)
    const { declaration } = node
    if (declaration === null) continue
    if ('declarations' in declaration)
      for (const { id } of declaration.declarations) names.push('name' in id ? id.name : '')
    else if ('id' in declaration && declaration.id && 'name' in declaration.id) names.push(declaration.id.name)
  }
  return names
}

/** @returns {Example[]} */
function examplesOf(path) {
  const lines = readFileSync(path, 'utf8').split('\n')
  const source = relative(root, path)
  const file = relative(join(root, 'src'), path)
  return lines.flatMap((line, index) => {
    if (!/^\s*\* @example\s*$/.test(line)) return []
    const rest = lines.slice(index + 1)
    const end = rest.findIndex((next) => /\*\/|^\s*\* @/.test(next))
    const code = rest.slice(0, end).map((next) => next.replace(/^\s*\* ?/, ''))
    return [{ source, line: index + 2, code: code.join('\n'), room: file.split('/')[0] ?? '', file }]
  })
}

/** The ts blocks of a page. */
function blocksOf(page) {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(({ index, 1: code = '' }) => {
    return { source: page, line: text.slice(0, index).split('\n').length + 1, code, room: 'docs', file: undefined }
  })
}

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.tsx?$/.test(name),
)
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** Each value of the library and the entries that export it. @type {Map<string, string[]>} */
const published = new Map()
for (const [path, target] of Object.entries(exports)) {
  if (typeof target === 'string') continue
  for (const name of Object.keys(await import(join(root, target.default))))
    published.set(name, [`openledger${path.slice(1)}`, ...(published.get(name) ?? [])])
}
/** The entry of a room whose own name is another one. */
const entryOf = { chain: 'contracts', merkle: 'contracts', lora: 'train', pretraining: 'train', text: 'attribution' }
/** @type {Map<string, string>} */
const foreign = new Map(
  /** @type {[string, string][]} */ ([
    ...['createClient', 'createPublicClient', 'http', 'parseEther'].map((name) => [name, 'viem']),
    ['z', 'zod'],
    ...['afterAll', 'afterEach', 'beforeAll', 'expect', 'test'].map((name) => [name, '@jest/globals']),
  ]),
)

/** @param {string} file of src/ */
const compiled = (file) => join(root, 'dist', file.replace(/\.tsx?$/, '.js'))

/** Where an example has a name from, if it does not import or declare it. */
function moduleOf(name, { room, file, own }) {
  const entries = published.get(name) ?? []
  if (own.includes(name) && entries.length === 0) return compiled(file)
  const given = join(root, 'scripts/examples', `${room}.ts`)
  if (existsSync(given) && exportsOf(given).includes(name)) return given.replace(/\.ts$/, '.js')
  const ofRoom = `openledger/${entryOf[room] ?? room}`
  if (entries.includes(ofRoom)) return ofRoom
  const neighbour = sources.find(
    (other) => other.startsWith(`${room}/`) && exportsOf(join(root, 'src', other)).includes(name),
  )
  return entries[0] ?? foreign.get(name) ?? (neighbour && compiled(neighbour))
}

/** A module of an example: its own imports, those of the names that are in it, and itself as a block. */
function moduleOfExample({ source, line, code, room, file }) {
  const imports = code.match(/^import [^;]*? from '[^']+'$/gms) ?? []
  const body = imports.reduce((rest, statement) => rest.replace(statement, ''), code)
  const imported = imports.join('\n')
  const own = file === undefined ? [] : exportsOf(join(root, 'src', file))
  const words = new Set(body.replace(/\/\/.*$/gm, '').match(/(?<![\w$]|(?<!\.\.)\.)[A-Za-z_$][\w$]*/g) ?? [])
  const found = [...words].flatMap((name) => {
    const module = new RegExp(`\\b${name}\\b`).test(imported) ? undefined : moduleOf(name, { room, file, own })
    return module === undefined ? [] : [`import { ${name} } from '${module}'`]
  })
  return [`// ${source}:${line}`, ...imports, ...found, '{', body.trimEnd(), '}', 'export {}', ''].join('\n')
}

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
]
const examples = [...sources.flatMap((name) => examplesOf(join(root, 'src', name))), ...pages.flatMap(blocksOf)]

rmSync(folder, { recursive: true, force: true })
/** @type {Map<string, Example>} */
const written = new Map()
for (const example of examples) {
  const name = `${example.source.replace(/^src\//, '').replace(/\.\w+$/, '')}.${example.line}.ts`
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), moduleOfExample(example))
  written.set(name, example)
}
const compilerOptions = { noEmit: true, noUnusedLocals: false, noUnusedParameters: false, types: ['node'] }
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['.'], exclude: [] }),
)
const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], {
  encoding: 'utf8',
  cwd: folder,
})
process.stdout.write(
  stdout.replace(
    /^(\S+?\.ts)(?=\(\d)/gm,
    (name) => `${written.get(name)?.source}:${written.get(name)?.line} in ${name}`,
  ),
)
console.log(`${examples.length} examples ${status === 0 ? 'compile' : 'were compiled, with errors'}`)
process.exitCode = status === 0 ? 0 : 1
