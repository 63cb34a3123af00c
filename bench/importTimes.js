// What the import of each entry of the library costs, against a bare Node in the same run:
//   node bench/importTimes.js [rounds]
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const rounds = Number(process.argv[2] ?? 10)
const root = fileURLToPath(new URL('..', import.meta.url))
const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
const entries = Object.keys(exports)
  .filter((path) => !path.includes('.json') && !path.includes('*'))
  .map((path) => `openledger${path.slice(1)}`)

/**
 * Milliseconds that one process needs for the import itself.
 *
 * @param {string} entry
 */
function time(entry) {
  const script = `const start = performance.now(); await import('${entry}'); console.log(performance.now() - start)`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The import of ${entry} failed: ${stderr}`)
  return Number(stdout)
}

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]

// In turns, so that a busy machine slows all alike.
const times = new Map(entries.map((entry) => [entry, /** @type {number[]} */ ([])]))
for (let round = 0; round < rounds; round++) for (const [entry, values] of times) values.push(time(entry))
for (const [entry, values] of times) {
  console.log(
    `${entry.padEnd(26)}${median(values).toFixed(0).padStart(6)} ms  (least ${Math.min(...values).toFixed(0)} ms)`,
  )
}
