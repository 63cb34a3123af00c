// Checks the package as npm would publish it: npm run package
//   publint and attw look at package.json and how each entry resolves; scripts/publicTypes.js at the exported names;
//   and a user's program, test/types, is compiled against it at the strictest, without skipLibCheck.
// It needs no network: the packages that this one depends on are those of node_modules/.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => join(root, 'node_modules/.bin', name)
/** @type {string[]} */
const failed = []

/** Runs one check with its output on this terminal. */
function check(name, command, words, cwd = root) {
  const { status } = spawnSync(command, words, { cwd, stdio: 'inherit' })
  console.log(`${name}: ${status === 0 ? 'ok' : 'FAILED'}`)
  if (status !== 0) failed.push(name)
}

const folder = mkdtempSync(join(tmpdir(), 'openledger-package-'))
try {
  // Without the script `prepare`: dist/ is built already.
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root })
  const [{ filename, files }] = JSON.parse(String(packed.stdout))
  const archive = join(folder, filename)
  const modules = join(folder, 'node_modules')
  const own = join(modules, 'openledger')
  mkdirSync(own, { recursive: true })
  spawnSync('tar', ['-xzf', archive, '-C', own, '--strip-components=1'])

  // A user has what the package declares, and the types of Node; nothing that only this repository installs.
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'))
  for (const name of [...Object.keys({ ...dependencies, ...peerDependencies }), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  cpSync(join(root, 'test/types'), join(folder, 'src'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    resolveJsonModule: true,
    noEmit: true,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }))

  const unshipped = files.flatMap(({ path }) => {
    const map = /^dist\/.*\.js$/.test(path) && readFileSync(join(own, path), 'utf8').includes('sourceMappingURL=')
    return map ? [path] : []
  })
  for (const path of unshipped) console.error(`${path} names a source map, and the package holds no sources`)
  if (unshipped.length > 0) failed.push('source maps')
  if (!existsSync(join(own, 'bin/openledger.js'))) failed.push('bin')

  check('publint', bin('publint'), [own, '--strict'])
  // The package is ESM alone: a CommonJS user of Node 20.19 or newer can require it, an older one imports it.
  check('attw', bin('attw'), [
    archive,
    '--profile',
    'esm-only',
    '--exclude-entrypoints',
    './contracts/abi',
    '--format',
    'ascii',
  ])
  check('public types', process.execPath, [join(root, 'scripts/publicTypes.js'), own])
  check('a user’s program', bin('tsc'), ['-p', folder])
} finally {
  rmSync(folder, { recursive: true })
}
console.log(failed.length === 0 ? 'The package is sound' : `Failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
