// Writes contracts/abi/<Name>.json: the interfaces of the project's contracts, and of Optimism's that make up the bridge, as
// any client in any language reads them. Taken from the generated sources, which CI compares with the compiler's output.
//   node scripts/abis.js            writes what has changed
//   node scripts/abis.js --check    writes nothing, exits 1 when a checked-in file differs
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'contracts', 'abi')
const suffix = '.generated.ts'

const fresh = new Map()
for (const folder of [join(root, 'src', 'chain', 'contracts'), join(root, 'src', 'devnet', 'optimism')]) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(suffix))) {
    const abi = /Abi = (\[.*?\n\]) as const\n/s.exec(readFileSync(join(folder, file), 'utf8'))?.[1]
    // The predeploys that nobody calls from here have code only.
    if (abi !== undefined) fresh.set(`${basename(file, suffix)}.json`, `${JSON.stringify(JSON.parse(abi), null, 2)}\n`)
  }
}
mkdirSync(target, { recursive: true })
const stale = readdirSync(target).filter((file) => !fresh.has(file))
const changed = [...fresh].filter(([file, text]) => {
  const path = join(target, file)
  return !existsSync(path) || readFileSync(path, 'utf8') !== text
})

if (!process.argv.includes('--check')) {
  for (const file of stale) rmSync(join(target, file))
  for (const [file, text] of changed) writeFileSync(join(target, file), text)
  process.stdout.write(`${fresh.size} interfaces, ${changed.length} files written, ${stale.length} removed\n`)
} else if (changed.length + stale.length > 0) {
  const names = [...changed.map(([file]) => file), ...stale].join(', ')
  process.stderr.write(`contracts/abi is not what the generated sources hold: ${names}\n`)
  process.stderr.write('Run node scripts/abis.js and commit the result.\n')
  process.exitCode = 1
} else {
  process.stdout.write(`${fresh.size} interfaces, all up to date\n`)
}
