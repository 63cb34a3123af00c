// Starts hundreds of devnets beside others that start, stop and are killed, and tells how long the starts took and how many
// hung: node bench/devnetStarts.js [--starts 300] [--parallel 4] [--killed 3] [--busy 2] [--stopped 8] [--hung 5]
//   --parallel  processes that start devnets at the same time, as jest's workers do
//   --killed    processes that keep starting devnets, and are killed in the middle of it again and again
//   --busy      processes that only keep a core busy
//   --stopped   starts in whose middle the starting process stands still for 12 seconds, as on a machine that was suspended
//   --hung      seconds after which a start counts as hung
import { fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(
    Object.entries({ starts: '300', parallel: '4', killed: '3', busy: '2', stopped: '8', hung: '5' }).map(
      ([name, value]) => [name, { type: 'string', default: value }],
    ),
  ),
})
const [starts, parallel, killed, busy, stopped, hung] = ['starts', 'parallel', 'killed', 'busy', 'stopped', 'hung'].map(
  (name) => Number(values[name]),
)
const [role] = positionals
const here = fileURLToPath(import.meta.url)

/** What every thread of the nodes that this process started waits for: a node that does not answer is told by it. */
function threadsOfNodes() {
  const children = new Map()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = / (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].slice(1))?.[1]
      if (Number(parent) === process.pid) children.set(pid, readFileSync(`/proc/${pid}/comm`, 'utf8').trim())
    } catch {
      // It has ended meanwhile.
    }
  }
  return [...children].map(([pid, name]) => {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
      try {
        return `${readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim()}:${readFileSync(`/proc/${pid}/task/${thread}/wchan`, 'utf8')}`
      } catch {
        return 'gone'
      }
    })
    return `${name} ${pid}: ${threads.join(' ')}`
  })
}

/**
 * What a process that starts devnets tells: `ready`, that a start hangs, how long it took, or why it failed.
 *
 * @typedef {{ ready?: true, index?: number, slow?: string[], milliseconds?: number, error?: string }} Report
 */

/** @param {Report} report */
const tell = (report) => process.send?.(report)

/** Starts devnets one after the other, every second one in a workspace that has saved chains. */
async function startMany() {
  const { startDevnet } = await import('../dist/entries/devnet.js')
  const workspace = await mkdtemp(join(tmpdir(), 'openledger-starts-'))
  process.on('message', async (/** @type {number} */ index) => {
    const begun = performance.now()
    const watch = setTimeout(
      () => tell({ index, slow: process.platform === 'linux' ? threadsOfNodes() : [] }),
      hung * 1_000,
    )
    try {
      const devnet = await startDevnet(index % 2 === 0 ? {} : { workspace })
      clearTimeout(watch)
      const milliseconds = performance.now() - begun
      await devnet.stop()
      tell({ index, milliseconds })
    } catch (error) {
      clearTimeout(watch)
      tell({ index, milliseconds: performance.now() - begun, error: String(error) })
    }
  })
  process.on('disconnect', () => rm(workspace, { recursive: true, force: true }).then(() => process.exit()))
  tell({ ready: true })
}

async function startUntilKilled() {
  const { startDevnet } = await import('../dist/entries/devnet.js')
  process.on('disconnect', () => process.exit())
  for (;;) await startDevnet().then((devnet) => devnet.stop())
}

function keepBusy() {
  process.on('disconnect', () => process.exit())
  const work = () => {
    const until = performance.now() + 20
    while (performance.now() < until);
    setImmediate(work)
  }
  work()
}

const flags = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
const child = (name) => fork(here, [name, ...flags])

async function killAgainAndAgain(over) {
  while (!over()) {
    const process = child('killed')
    const ended = new Promise((resolve) => process.once('exit', resolve))
    // The import takes some of it; a start 200 milliseconds on an idle machine.
    await sleep(500 + Math.random() * 2_000)
    process.kill('SIGKILL')
    await ended
  }
}

/** Lets a process stand still for 12 seconds, somewhere in a start. */
async function standStill(worker) {
  await sleep(50 + Math.random() * 800)
  worker.kill('SIGSTOP')
  await sleep(12_000)
  worker.kill('SIGCONT')
}

async function main() {
  /** @type {Report[]} */
  const results = []
  let next = 0
  let over = false
  const loads = Array.from({ length: busy }, () => child('busy'))
  const killing = Array.from({ length: killed }, () => killAgainAndAgain(() => over))
  await Promise.all(
    Array.from(
      { length: parallel },
      () =>
        /** @type {Promise<void>} */ (
          new Promise((resolve, reject) => {
            const worker = child('starts')
            worker.once('exit', (code) => (over ? undefined : reject(new Error(`a worker ended with ${code}`))))
            worker.on('message', (/** @type {Report} */ message) => {
              if (message.slow !== undefined) {
                console.error(`start ${message.index} hangs:\n  ${message.slow.join('\n  ')}`)
                return
              }
              if (message.error !== undefined) console.error(`start ${message.index}: ${message.error}`)
              if (message.milliseconds !== undefined) results.push(message)
              if (next < starts) {
                if (next < stopped) standStill(worker)
                worker.send(next++)
              } else {
                worker.removeAllListeners('exit')
                worker.disconnect()
                resolve()
              }
            })
          })
        ),
    ),
  )
  over = true
  await Promise.all(killing)
  for (const load of loads) load.disconnect()
  // Those that stood still were slow by intention: they only must not fail.
  const times = results
    .filter(({ index = 0 }) => index >= stopped)
    .map(({ milliseconds = 0 }) => milliseconds)
    .toSorted((one, other) => one - other)
  const at = (part) => Math.round(times[Math.min(times.length - 1, Math.floor(part * times.length))])
  const failed = results.filter(({ error }) => error !== undefined).length
  const slow = times.filter((time) => time > hung * 1_000).length
  console.log(
    JSON.stringify({
      benchmark: 'devnetStarts',
      starts,
      failed,
      hung: slow,
      stoodStill: stopped,
      median: at(0.5),
      p99: at(0.99),
      most: at(1),
    }),
  )
  process.exitCode = failed + slow === 0 ? 0 : 1
}

await { starts: startMany, killed: startUntilKilled, busy: keepBusy }[role ?? '']?.()
if (role === undefined) await main()
