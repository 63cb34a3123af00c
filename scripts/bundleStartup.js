// Joins what every command line loads before its own work: `npm run build` runs this after the compiler. Each file of
// dist/ that is joined becomes one line that exports its names from the bundle, so that a class exists once, whichever way
// it is imported. What the command line imports only when a command needs it stays a file of its own.
import { readFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const source = fileURLToPath(new URL('../src/', import.meta.url))
const dist = fileURLToPath(new URL('../dist/', import.meta.url))

/** `errors/catalogue` for `/clone/src/errors/catalogue.ts`. */
const nameOf = (path) =>
  relative(source, path)
    .split(sep)
    .join('/')
    .replace(/\.tsx?$/, '')

/** Leaves `import('./commands/train.js')` as it is seen from the bundle's folder, and `import('ora')` as it is. */
const importsWhenNeeded = {
  name: 'imports-when-needed',
  resolveDynamicImport(specifier, importer) {
    if (typeof specifier !== 'string' || importer === undefined) return null
    if (!specifier.startsWith('.')) return { id: specifier, external: true }
    return { id: `./${nameOf(resolve(dirname(importer), specifier))}`, external: true }
  },
}

/** Commander would start other programs for subcommands. There are none here, and the module for it is slow to load. */
const startsNothing = {
  name: 'starts-nothing',
  resolveId: (specifier, importer) =>
    specifier === 'node:child_process' && importer?.includes(`${sep}commander${sep}`) ? nothing : null,
  load: (id) => (id === nothing ? 'export {}' : null),
}
const nothing = '\0nothing'

/** @param {string[]} modules paths of files of src/; each keeps its exports */
const open = (modules) =>
  rolldown({
    input: Object.fromEntries(modules.map((module) => [nameOf(module), module])),
    platform: 'node',
    plugins: [importsWhenNeeded, startsNothing],
    // Sources import './x.js' as Node requires it; the file is './x.ts'.
    resolve: { extensionAlias: { '.js': ['.ts', '.tsx'] } },
  })

/** The modules of src/ that `cli.ts` imports, and those that they import. */
async function startupModules() {
  const bundle = await open([resolve(source, 'cli.ts')])
  const { output } = await bundle.generate({ format: 'es' })
  await bundle.close()
  return output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : [])).filter((id) => id.startsWith(source))
}

const modules = await startupModules()
for (const module of modules) {
  if (nameOf(module).includes('/') && readFileSync(module, 'utf8').includes('import.meta.url'))
    throw new Error(`${nameOf(module)} asks for its own place, and in the bundle that is another folder`)
}
// The library uses numbered errors and paths, but has no command line behind it: those are a bundle of their own.
const isGround = (id) => id.startsWith(source) && !/^(cli|commands|terminal)\b/.test(nameOf(id))
const bundle = await open(modules)
await bundle.write({
  dir: dist,
  format: 'es',
  comments: { legal: true, annotation: true, jsdoc: false },
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  codeSplitting: {
    groups: [
      { name: 'ground', test: isGround, priority: 2 },
      { name: 'commandLine', test: /./, priority: 1 },
    ],
  },
})
await bundle.close()
console.log(`${modules.length} files are joined in dist/commandLine.js and dist/ground.js`)
