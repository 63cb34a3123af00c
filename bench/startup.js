// What `openledger --help` costs against a bare `node -e 0` in the same run; it may cost half as much again:
//   node bench/startup.js [rounds]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const rounds = Number(process.argv[2] ?? 30)
const most = 1.5
const help = [fileURLToPath(new URL('../bin/openledger.js', import.meta.url)), '--help']

/** Milliseconds of one run of node. */
function time(words) {
  const started = performance.now()
  const { status } = spawnSync(process.execPath, words)
  if (status !== 0) throw new Error(`node ${words.join(' ')} ended with ${status}`)
  return performance.now() - started
}

const bare = []
const ours = []
// In turns, so that a busy machine slows both alike; the least of each is what it costs undisturbed.
for (let round = 0; round < rounds; round++) {
  bare.push(time(['-e', '0']))
  ours.push(time(help))
}
const ratio = Math.min(...ours) / Math.min(...bare)
console.log(`node -e 0        ${Math.min(...bare).toFixed(0)} ms`)
console.log(`openledger help  ${Math.min(...ours).toFixed(0)} ms`)
console.log(`ratio            ${ratio.toFixed(2)} (at most ${most})`)
process.exitCode = ratio <= most ? 0 : 1
