// Writes contracts/abi/<Name>.json: the interfaces of the project's contracts, and of Optimism's that make up the bridge, as
// any client in any language reads them. Taken from the generated sources, which CI compares with the compiler's output.
//   node scripts/abis.js            writes what has changed
//   node scripts/abis.js --check    writes nothing, exits 1 when a checked-in file differs
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeGenerated } from './writeGenerated.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'contracts', 'abi')
const suffix = '.abi.generated.ts'

const fresh = new Map()
for (const folder of [join(root, 'src', 'chain', 'contracts'), join(root, 'src', 'devnet', 'optimism')]) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(suffix))) {
    const abi = /Abi = (\[.*\]) as const\n/s.exec(readFileSync(join(folder, file), 'utf8'))?.[1]
    if (abi === undefined) throw new Error(`${file} holds no ABI`)
    fresh.set(`${basename(file, suffix)}.json`, `${JSON.stringify(JSON.parse(abi), null, 2)}\n`)
  }
}
writeGenerated({
  target,
  files: fresh,
  suffix: '.json',
  noun: 'interfaces',
  stale: 'contracts/abi is not what the generated sources hold',
  command: 'node scripts/abis.js',
})
