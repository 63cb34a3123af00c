// Adds to package-lock.json the optional packages of other platforms: node scripts/lockPlatforms.js
//
// A registry mirror that serves one platform makes npm write a lockfile of that platform alone, and `npm ci` then refuses
// it everywhere, this platform included. Their entries follow from their parents: exact version, os and cpu by the name.
// They have no integrity, since the packages cannot be had here; run `npm install` against npm's own registry to add it.
import { readFileSync, writeFileSync } from 'node:fs'

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8'))

const systems = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = { amd64: 'x64', arm: 'arm', arm64: 'arm64', ia32: 'ia32', loong64: 'loong64', mips64el: 'mips64el' }
Object.assign(processors, { ppc64: 'ppc64', riscv64: 'riscv64', s390x: 's390x', wasm32: 'wasm32', x64: 'x64' })

/** `{ os: ['linux'], cpu: ['x64'], libc: ['musl'] }` of a name like `@biomejs/cli-linux-x64-musl`. */
function platformOf(name) {
  const words = name.split(/[-/]/)
  const system = words.find((word) => systems.includes(word))
  const processor = words.find((word) => word in processors || word === 'armv7' || word === 'gnueabihf')
  if (system === undefined && processor === undefined) throw new Error(`${name} names no platform`)
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined
  return {
    ...(processor === undefined ? {} : { cpu: [processors[processor] ?? 'arm'] }),
    ...(libc === undefined ? {} : { libc }),
    ...(system === undefined ? {} : { os: [system] }),
  }
}

const added = {}
for (const { optionalDependencies = {}, dev } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const key = `node_modules/${name}`
    if (key in lock.packages || !/^\d+\.\d+\.\d+$/.test(version)) continue
    added[key] = { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true }
  }
}
const packages = { ...lock.packages, ...added }
const sorted = Object.keys(packages).sort((one, other) => one.localeCompare(other, 'en'))
lock.packages = Object.fromEntries(sorted.map((key) => [key, packages[key]]))
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${Object.keys(added).length} packages of other platforms added`)
