// Compares the rows that openledger reads of data files with those that pandas and pyarrow read of them, and measures both:
//   node bench/dataFiles.js [--python python3] <file>...
// Needs `npm run build`, and a Python with pandas and pyarrow.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { readRows } from '../dist/records/readRows.js'

const { values: flags, positionals: paths } = parseArgs({
  allowPositionals: true,
  options: { python: { type: 'string', default: 'python3' } },
})
const other = fileURLToPath(new URL('dataFilesPandas.py', import.meta.url))

/** As JSON has it: pyarrow's times and bytes are texts there, and are not compared. */
const comparable = (ours, theirs) =>
  Object.fromEntries(
    Object.entries(theirs).flatMap(([name, cell]) => {
      const isOther = ours[name] instanceof Date || ours[name] instanceof Uint8Array
      return isOther ? [] : [[name, cell]]
    }),
  )

let different = 0
for (const path of paths) {
  const begun = performance.now()
  const { rows, faults } = await readRows(path)
  const milliseconds = Math.round(performance.now() - begun)
  const theirs = JSON.parse(execFileSync(flags.python, [other, path], { maxBuffer: 2 ** 30 }).toString())
  const at = theirs.findIndex((row, i) => {
    const ours = rows[i]?.value ?? {}
    return !isDeepStrictEqual(comparable(ours, ours), comparable(ours, row))
  })
  const isEqual = at < 0 && rows.length === theirs.length && faults.length === 0
  if (!isEqual) different++
  const verdict = isEqual ? 'equal' : `DIFFERENT from row ${at + 1}, ${faults.length} faults of ours`
  console.log(`${verdict}: ${rows.length} rows, ${milliseconds} ms, ${path}`)
}
process.exitCode = different === 0 ? 0 : 1
