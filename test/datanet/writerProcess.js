// node writerProcess.js <compiled folder> <workspace> <name> <batches>
// Adds batches of three records, approves them and makes a version of each, and says what is done, one line a step.
import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { privateKeyToAccount } from 'viem/accounts'

const [compiled, workspace, name, batches] = process.argv.slice(2)
const load = (file) => import(pathToFileURL(`${compiled}/src/datanet/${file}.js`).href)
const { openDatanet } = await load('store/openDatanet')
const { addContribution } = await load('intake/addContribution')
const { reviewRecords } = await load('review/reviewRecords')
const { createVersion } = await load('versions/createVersion')

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)
// Synchronous, so that a line is out before the process can be killed after it.
const say = (line) => writeSync(1, `${line}\n`)
const store = openDatanet(workspace)
for (let batch = 0; batch < Number(batches); batch++) {
  const lines = [1, 2, 3].map((line) => ({ line, value: { text: `writer ${name}, batch ${batch}, record ${line}` } }))
  const { added } = await addContribution(store, { file: `${name}-${batch}`, lines }, { account })
  say(`added ${name}-${batch} ${added.length}`)
  reviewRecords(store, { decision: 'approve', records: added, reviewer: name })
  say(`version ${createVersion(store).version}`)
}
store.close()
