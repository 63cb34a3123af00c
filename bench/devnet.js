// Time to a usable devnet, both layers with contracts, bridge and funded accounts, against two bare anvils started in the
// same process and run, in turn; then the payments per second that the L2's public RPC takes, and the memory of all
// processes: node bench/devnet.js [--runs 9] [--payments 500]
import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { anvilBinary } from '../dist/devnet/node/anvilBinary.js'
import { rpc, rpcBatch } from '../dist/devnet/node/rpc.js'
import { devAccounts, startDevnet } from '../dist/entries/devnet.js'

const { values: flags } = parseArgs({
  options: { runs: { type: 'string', default: '9' }, payments: { type: 'string', default: '500' } },
})
const runs = Number(flags.runs)
const payments = Number(flags.payments)

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const milliseconds = async (work) => {
  const start = performance.now()
  const result = await work()
  return [performance.now() - start, result]
}

/** Until it answers a call: the port it names first, as the devnet itself does it. */
const startBareAnvil = (chainId, more) =>
  new Promise((resolve, reject) => {
    const anvil = spawn(anvilBinary(), ['--port', '0', '--chain-id', String(chainId), ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    anvil.on('exit', (code) => reject(new Error(`anvil ended with ${code}`)))
    anvil.stdout.on('data', (data) => {
      text += data
      const port = /Listening on [^\s]+:(\d+)/.exec(text)?.[1]
      if (port === undefined) return
      anvil.stdout.removeAllListeners('data').resume()
      const url = `http://127.0.0.1:${port}`
      rpc(url, 'eth_chainId').then(() => resolve({ anvil, url }), reject)
    })
  })
const startBare = () =>
  Promise.all([startBareAnvil(900, []), startBareAnvil(901, ['--network', 'optimism', '--order', 'fifo'])])
const stopBare = (nodes) =>
  Promise.all(
    nodes.map(({ anvil }) => {
      anvil.removeAllListeners('exit')
      return new Promise((resolve) => anvil.on('exit', resolve) && anvil.kill())
    }),
  )

/** Anvil 1.7.1 loses the order of its pool now and then, and leaves payments in its queue for good. */
class LeftQueued extends Error {}

/** Whole blocks of payments, `batch` at a time, each waited for. */
async function paymentsPerSecond(url, from, to) {
  const batch = 50
  // Calls of one batch run at the same time: nonces are given, not asked for.
  const first = Number(await rpc(url, 'eth_getTransactionCount', [from, 'latest']))
  const [time] = await milliseconds(async () => {
    for (let sent = 0; sent < payments; sent += batch) {
      const calls = Array.from({ length: batch }, (_, index) => ({
        method: 'eth_sendTransaction',
        params: [{ from, to, value: '0x1', gas: '0x5208', nonce: `0x${(first + sent + index).toString(16)}` }],
      }))
      const hashes = await rpcBatch(url, calls)
      const asked = hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] }))
      const deadline = performance.now() + 5_000
      while ((await rpcBatch(url, asked)).includes(null)) {
        if (performance.now() > deadline) throw new LeftQueued(`payments sent to ${url} were not mined in 5 s`)
      }
    }
  })
  return (payments / time) * 1000
}

/** Resident megabytes of a process. */
const megabytes = (pid) => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024

// Loads what is loaded once; what a process of its own takes is measured below.
await startDevnet().then((devnet) => devnet.stop())
const bare = []
const ours = []
const again = []
const workspace = await mkdtemp(join(tmpdir(), 'openledger-bench-'))
await startDevnet({ workspace }).then((devnet) => devnet.stop())
for (let run = 0; run < runs; run++) {
  const [bareTime, nodes] = await milliseconds(startBare)
  bare.push(bareTime)
  await stopBare(nodes)
  const [time, devnet] = await milliseconds(() => startDevnet())
  ours.push(time)
  await devnet.stop()
  const [resumed, saved] = await milliseconds(() => startDevnet({ workspace }))
  again.push(resumed)
  await saved.stop()
}

const script = `const { startDevnet } = await import('${new URL('../dist/entries/devnet.js', import.meta.url)}'); const devnet = await startDevnet(); console.log(performance.now()); await devnet.stop()`
const coldStarts = Array.from({ length: 3 }, () =>
  Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })),
)

const { user, mara } = devAccounts()
let stalls = 0
async function measureBare() {
  const nodes = await startBare()
  try {
    const rate = await paymentsPerSecond(nodes[1].url, user.address, mara.address)
    return [rate, nodes.reduce((sum, { anvil }) => sum + megabytes(anvil.pid), 0)]
  } catch (error) {
    if (!(error instanceof LeftQueued) || ++stalls === 10) throw error
  } finally {
    await stopBare(nodes)
  }
  return measureBare()
}
const [bareRate, bareMemory] = await measureBare()

const busy = await startDevnet({ workspace })
const rate = await paymentsPerSecond(busy.l2.rpcUrl, user.address, mara.address)
const nodeMemory = megabytes(busy.l1.pid) + megabytes(busy.l2.pid)
await busy.stop()
await rm(workspace, { recursive: true, force: true })

// A keeper of its own, as `devnet up -d` has it.
const folder = await mkdtemp(join(tmpdir(), 'openledger-bench-'))
const [upTime, kept] = await milliseconds(() => startDevnet({ workspace: folder, detached: true }))
const keeperMemory = megabytes(kept.supervisor.pid)
await kept.stop()
await rm(folder, { recursive: true, force: true })

const round = (value) => Math.round(value * 10) / 10
process.stdout.write(
  `${JSON.stringify({
    benchmark: 'devnet',
    runs,
    milliseconds: round(median(ours)),
    referenceMilliseconds: round(median(bare)),
    ratio: round(median(ours) / median(bare)),
    savedMilliseconds: round(median(again)),
    savedRatio: round(median(again) / median(bare)),
    newProcessMilliseconds: round(median(coldStarts)),
    detachedMilliseconds: round(upTime),
    paymentsPerSecond: Math.round(rate),
    referencePaymentsPerSecond: Math.round(bareRate),
    // Runs of the bare node that stood still and were started again; the devnet has to get through its first.
    referenceStalls: stalls,
    nodesMegabytes: round(nodeMemory),
    referenceMegabytes: round(bareMemory),
    keeperMegabytes: round(keeperMemory),
  })}\n`,
)
// What is asked of it: a usable devnet in at most eight times the time of two bare nodes, and below two seconds anyhow.
const missed = median(ours) > 8 * median(bare) || Math.max(median(coldStarts), upTime) > 2000
process.exitCode = missed ? 1 : 0
