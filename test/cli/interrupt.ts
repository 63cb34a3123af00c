import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processIdentity } from '../../src/files/processIdentity.js'
import { root } from './openledger.js'

/**
 * What stands behind a command on its line, and how it is known to be in the middle of its work when the signal comes:
 * a node owes it an answer, it reads a named pipe to which nobody writes (the user's configuration, or PIPE), or it has
 * written something or made a file.
 */
export interface Row {
  readonly words: string
  readonly until: 'node' | 'config' | 'pipe' | { readonly writes: RegExp } | { readonly makes: RegExp }
  /** It takes so short that it may be done before the signal comes. */
  readonly short?: true
  /** Files that it leaves whole, from which the same command goes on. */
  readonly keeps?: RegExp
}

/** A node that says who it is and on which chain, and owes every other answer. */
async function startSilentNode(instanceId: string) {
  let heard: () => void
  const owing = new Promise<void>((resolve) => {
    heard = resolve
  })
  const answers: Readonly<Record<string, unknown>> = {
    anvil_metadata: { chainId: 901, instanceId, clientVersion: 'anvil/v1.7.1' },
    eth_chainId: '0x385',
  }
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const calls = JSON.parse(Buffer.concat(parts).toString())
    const replies = [calls]
      .flat()
      .map(({ id: call, method }) => ({ jsonrpc: '2.0', id: call, result: answers[method] }))
    if (replies.every(({ result }) => result !== undefined))
      response.end(JSON.stringify(Array.isArray(calls) ? replies : replies[0]))
    else heard()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, owing, close }
}

/** What `devnet up` would have written of a devnet whose nodes are that one. */
function devnetAt(url: string, instanceId: string, keeper: number) {
  const process = { pid: keeper, identity: processIdentity(keeper) }
  const layer = { ...process, chainId: 901, instanceId, rpcUrl: url, log: 'log', blockNumber: 1 }
  const contracts = [
    ...[
      'Open',
      'ProxyAdmin',
      'SuperchainConfig',
      'SystemConfig',
      'L2OutputOracle',
      'OptimismPortal',
      'DatanetRegistry',
    ],
    ...['ModelRegistry', 'RewardPool', 'Staking', 'AttributionLedger', 'InferenceEscrow', 'GOPEN', 'WOPEN'],
    ...['OpenLedgerTimelock', 'OpenLedgerGovernor'],
  ]
  return {
    version: 2,
    anvilVersion: '1.7.1',
    startedAt: new Date().toISOString(),
    supervisor: { ...process, detached: true },
    control: { url, token: 'token' },
    l1: layer,
    l2: layer,
    addresses: Object.fromEntries(contracts.map((name, index) => [name, `0x${String(index + 1).padStart(40, '0')}`])),
    restored: null,
    fault: null,
  }
}

/** Every file of a folder with its hash; of the database only what it holds, which opening does not change. */
function contentOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\.(db|db-wal|db-shm|lock)$/.test(name) && statSync(join(folder, name)).isFile())
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    )
    .sort()
}

/** Where a command line is started from. */
export interface Stage {
  /** A workspace, of which each run gets a copy. */
  readonly model: string
  /** Id of a process that stands for the devnet's keeper and for both nodes. */
  readonly keeper: number
}

/** Starts a command, signals it in the middle of its work, and tells how and when it ended. */
export async function interrupt(
  name: string,
  { words, until }: Row,
  signal: 'SIGINT' | 'SIGTERM',
  { model, keeper }: Stage,
) {
  const place = mkdtempSync(join(model, '..', 'run-'))
  const instanceId = `0x${'a'.repeat(64)}`
  const silent = await startSilentNode(instanceId)
  const workspace = join(place, 'workspace')
  const home = join(place, 'home', 'openledger')
  const named = join(place, 'pipe')
  try {
    cpSync(model, workspace, { recursive: true })
    mkdirSync(home, { recursive: true })
    await writeFile(
      join(workspace, '.openledger', 'devnet.json'),
      JSON.stringify(devnetAt(silent.url, instanceId, keeper)),
    )
    await writeFile(join(workspace, '.openledger', 'logs', 'l1.log'), 'the first line\n')
    const line = JSON.stringify({ prompt: 'When do I reef?', completion: ' When you first think of it.' })
    await writeFile(join(workspace, 'many.jsonl'), `${line}\n`.repeat(2000))
    await writeFile(
      join(workspace, 'proposal.json'),
      JSON.stringify({ description: 'more', calls: [{ target: `0x${'0'.repeat(39)}1`, data: '0x' }] }),
    )
    const served = { inferenceId: `0x${'2'.repeat(64)}`, inputTokens: 1, outputTokens: 1 }
    await writeFile(join(workspace, 'served.jsonl'), `${JSON.stringify(served)}\n`)
    execFileSync('mkfifo', [named])
    if (until === 'config') execFileSync('mkfifo', [join(home, 'config.json')])
    else
      await writeFile(
        join(home, 'config.json'),
        JSON.stringify({ networks: { silent: { chainId: 901, rpcUrl: silent.url } } }),
      )
    // The file of a folder that is read first.
    const first = join(workspace, 'folder', name === 'datanet import' ? 'version.json' : 'config.json')
    if (words.includes('folder')) {
      mkdirSync(join(workspace, 'folder'))
      execFileSync('mkfifo', [first])
    }
    const before = contentOf(workspace)
    const argv = [
      ...name.split(' '),
      ...words
        .replace('PIPE', named)
        .split(' ')
        .filter((word) => word !== ''),
    ]
    const program = spawn(process.execPath, [join(root, 'bin', 'openledger.js'), ...argv], {
      cwd: workspace,
      env: { ...process.env, XDG_CONFIG_HOME: join(place, 'home'), CI: 'true' },
    })
    let written = ''
    const text = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      program[stream].on('data', (chunk) => {
        text[stream] += chunk
        written += chunk
      })
    const ended = once(program, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
    const held = until === 'config' ? join(home, 'config.json') : words.includes('folder') ? first : named
    let over = false
    const whenOver = ended.then(() => {
      over = true
    })
    const waitFor = async (): Promise<void> => {
      if (until === 'node') return silent.owing
      if (until === 'config' || until === 'pipe') {
        // Opened for writing as soon as somebody reads it, and kept open for as long as the command runs.
        const handle = await open(held, 'w')
        void whenOver.then(() => handle.close())
        return
      }
      const done = (): boolean =>
        'writes' in until ? until.writes.test(written) : readdirSync(workspace).some((file) => until.makes.test(file))
      while (!over && !done()) await sleep(5)
    }
    if (name === 'model chat') program.stdin.write('When do I reef?\n')
    await Promise.race([waitFor(), whenOver])
    const busy = !over
    // A command that read no pipe would leave this test waiting for a reader.
    if (over) closeSync(openSync(held, 'r+'))
    const at = performance.now()
    program.kill(signal)
    const [code, by] = await ended
    const seconds = (performance.now() - at) / 1000
    // As every shell reports it.
    const status = code ?? 128 + constants.signals[by as NodeJS.Signals]
    return { busy, status, seconds, ...text, changed: contentOf(workspace).filter((each) => !before.includes(each)) }
  } finally {
    silent.close()
    rmSync(place, { recursive: true, force: true })
  }
}
