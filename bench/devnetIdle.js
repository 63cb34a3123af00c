// What a devnet costs while nothing happens, and how fast its relayer still is when the L1 has grown long, in seconds of a
// processor from /proc (Linux): node bench/devnetIdle.js [--seconds 30] [--blocks 6000]
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { rpc } from '../dist/devnet/node/rpc.js'
import { startDevnet } from '../dist/entries/devnet.js'

const { values: flags } = parseArgs({
  options: { seconds: { type: 'string', default: '30' }, blocks: { type: 'string', default: '6000' } },
})
const seconds = Number(flags.seconds)
const blocks = Number(flags.blocks)

/** Seconds of a processor that a process has taken: user and system time, in ticks of a hundredth (proc(5)). */
function processorSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const workspace = await mkdtemp(join(tmpdir(), 'openledger-idle-'))
// A keeper of its own, as `devnet up -d` has it.
const devnet = await startDevnet({ workspace, detached: true })
const pids = { keeper: devnet.supervisor.pid, l1: devnet.l1.pid, l2: devnet.l2.pid }
const taken = () => Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, processorSeconds(pid)]))
const slot = ['0x4200000000000000000000000000000000000015', '0x0', 'latest']
/** @param {unknown} answer a quantity */
const quantity = (answer) => BigInt(String(answer))
/** The newest L1 block that the L2 has derived. */
const derived = async () => Number(BigInt.asUintN(64, quantity(await rpc(devnet.l2.rpcUrl, 'eth_getStorageAt', slot))))
const head = async () => Number(await rpc(devnet.l1.rpcUrl, 'eth_blockNumber'))
async function caughtUp() {
  while ((await derived()) < (await head())) await sleep(100)
}
const round = (value) => Math.round(value * 100) / 100

await sleep(5_000)
const before = taken()
await sleep(seconds * 1_000)
const after = taken()
const idle = Object.fromEntries(
  Object.keys(pids).map((name) => [name, round(((after[name] - before[name]) / seconds) * 100)]),
)
const idlePercent = round(Object.values(idle).reduce((sum, part) => sum + part, 0))

for (let mined = 0; mined < blocks; mined += 100) {
  await rpc(devnet.l1.rpcUrl, 'anvil_mine', ['0x64', '0x1'])
  if (mined % 1_000 === 900) await caughtUp()
}
await caughtUp()
await sleep(3_000)
await caughtUp()
// A stretch of blocks at once: what the relayer takes when it does nothing else.
const stretch = 500
for (let mined = 0; mined < stretch; mined += 100) await rpc(devnet.l1.rpcUrl, 'anvil_mine', ['0x64', '0x1'])
const [start, from, at] = [taken(), await derived(), performance.now()]
await caughtUp()
const [end, count, time] = [taken(), (await derived()) - from, performance.now() - at]
await devnet.stop()
await rm(workspace, { recursive: true, force: true })

const cost = Object.fromEntries(
  Object.keys(pids).map((name) => [name, round(((end[name] - start[name]) / count) * 1_000)]),
)
console.log(
  JSON.stringify({
    benchmark: 'devnetIdle',
    idlePercent,
    idlePercentOf: idle,
    l1Blocks: blocks,
    relayedPerSecond: Math.round((count / time) * 1_000),
    processorMillisecondsPerBlock: cost,
  }),
)
// What is asked of it: a hundredth of one processor, and a hundred blocks a second on two processors with nothing else to do.
process.exitCode = idlePercent <= 1 ? 0 : 1
