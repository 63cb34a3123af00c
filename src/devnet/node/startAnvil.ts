import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { processIdentity } from '../../files/processIdentity.js'
import { reasonOf } from '../../files/reasonOf.js'
import { systemCode } from '../../files/systemCode.js'
import { anvilBinary } from './anvilBinary.js'
import { Patience } from './Patience.js'
import { anvilMetadata } from './rpc.js'
import { type RecordedProcess, stopProcess } from './stopProcess.js'

/**
 * A script that becomes anvil and leaves a shell of one megabyte, which reads a pipe from the process that started the devnet.
 * However that process ends, even by SIGKILL, the kernel closes the pipe. The shell then ends anvil and removes the folder that
 * is its first argument. After the word `release` the shell does neither. (`$$` is the shell's own id before `exec`, and
 * therefore anvil's id after it.)
 */
const leash = `
sweep=$1
shift
(
  trap '' HUP INT TERM
  exec >/dev/null 2>&1
  read -r word <&3
  [ "$word" = release ] && exit
  kill -TERM $$
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -0 $$ || exec rm -rf -- "$sweep"
    sleep 0.1
  done
  kill -KILL $$
  rm -rf -- "$sweep"
) &
exec "$@" 3<&-
`

export interface AnvilOptions {
  readonly layer: 'L1' | 'L2'
  readonly chainId: number
  /** Port; 0 for any free one. */
  readonly port: number
  /** File for anvil's output. The output of an earlier node is kept as `<log>.1`. */
  readonly log: string
  /** Folder that is also removed, with the node's old states, when this process ends without stopping the node. */
  readonly sweep?: string | undefined
  readonly flags: readonly string[]
}

/** A running anvil that ends with this process. */
export interface Anvil extends RecordedProcess {
  readonly chainId: number
  readonly rpcUrl: string
  readonly instanceId: `0x${string}`
  readonly version: string
  readonly log: string
  /** Resolves when the node has ended, to the way in which it ended: `SIGKILL`, `code 1`. */
  readonly ended: Promise<string>
}

/**
 * Starts an anvil and waits until it answers. The port comes from its own log, so that the answer cannot come from another
 * node that happens to use the port.
 *
 * @throws OL1701 when the port is taken, OL1765 when it cannot be used
 * @throws OL1702 when the node does not start
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const { layer, chainId, log } = options
  const child = await spawnOnLeash(options)
  const { pid } = child
  const identity = pid === undefined ? undefined : processIdentity(pid)
  const ended = endOf(child, statesOf(log))
  try {
    const rpcUrl = `http://127.0.0.1:${await listeningPort(child, options)}`
    const metadata = await anvilMetadata(rpcUrl)
    if (pid === undefined || identity === undefined || metadata.chainId !== chainId) {
      throw new OpenLedgerError('OL1702', { layer, log, reason: `it reports chain id ${metadata.chainId}` })
    }
    const { instanceId, clientVersion } = metadata
    return { pid, identity, chainId, rpcUrl, instanceId, version: versionOf(clientVersion), log, ended }
  } catch (cause) {
    if (pid !== undefined && identity !== undefined) await stopProcess({ pid, identity })
    if (OpenLedgerError.is(cause)) throw cause
    throw new OpenLedgerError('OL1702', { layer, log, reason: reasonOf(cause) }, { cause })
  }
}

const versionOf = (clientVersion: string): string => clientVersion.replace(/^anvil\/v/, '')

/** Waits for the end of the node, then removes its old states from the disk and releases the leash. */
const endOf = (child: ChildProcess, cache: string): Promise<string> =>
  new Promise((resolve) => {
    const finish = (how: string): void => {
      leashOf(child)?.end('release\n')
      rm(cache, { recursive: true, force: true, maxRetries: 3 }).then(
        () => resolve(how),
        () => resolve(how),
      )
    }
    child.once('exit', (code, signal) => finish(signal ?? `code ${code}`))
    child.once('error', (cause) => finish(reasonOf(cause)))
  })

/** Folder for the old states that anvil does not keep in memory: about a megabyte per block. */
const statesOf = (log: string): string => `${log}.states`

async function spawnOnLeash({ chainId, port, log, sweep, flags }: AnvilOptions): Promise<ChildProcess> {
  await mkdir(dirname(log), { recursive: true })
  await rename(log, `${log}.1`).catch((cause) => {
    if (systemCode(cause) !== 'ENOENT') throw cause
  })
  const output = await open(log, 'w')
  try {
    const anvil = [
      anvilBinary(),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--chain-id',
      String(chainId),
      '--cache-path',
      statesOf(log),
      // Further blocks whose state can be read, in addition to the newest few hundred, which anvil keeps in memory.
      '--max-persisted-states',
      '200',
      // By default anvil refuses requests above two megabytes, such as a state to load. The public RPC has its own limit.
      '--no-request-size-limit',
      ...flags,
    ]
    // The node gets a session of its own: Ctrl-C in the terminal reaches only this process, which ends the nodes in order.
    const child = spawn('/bin/sh', ['-c', leash, 'openledger-devnet', sweep ?? statesOf(log), ...anvil], {
      detached: true,
      // The leash does not use standard input, which Node closes as soon as anvil ends, before `release` can be written.
      stdio: ['ignore', output.fd, output.fd, 'pipe'],
    })
    leashOf(child)?.on('error', () => undefined)
    // Neither the child nor the pipe keeps this process alive.
    child.unref()
    unrefStream(leashOf(child))
    return child
  } finally {
    await output.close()
  }
}

const leashOf = ({ stdio }: ChildProcess): Writable | null => stdio[3] as Writable | null

function unrefStream(stream: Writable | null): void {
  if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
}

async function listeningPort(child: ChildProcess, { layer, port, log }: AnvilOptions): Promise<number> {
  const patience = new Patience(10)
  while (!patience.isOver()) {
    const text = await readFile(log, 'utf8')
    const found = /^Listening on [^\s]+:(\d+)$/m.exec(text)?.[1]
    if (found !== undefined) return Number(found)
    if (child.pid === undefined) throw new OpenLedgerError('OL1702', { layer, log, reason: '/bin/sh cannot be run' })
    if (child.exitCode !== null || child.signalCode !== null) {
      // The node may have written its last lines after the read above.
      const last = await readFile(log, 'utf8')
      if (last.includes('Address already in use')) throw new OpenLedgerError('OL1701', { layer, port })
      if (last.includes('Permission denied')) {
        throw new OpenLedgerError('OL1765', { layer, port, reason: 'permission denied' })
      }
      const reason = last.trim().split('\n').at(-1) || `it ended with ${child.exitCode ?? child.signalCode}`
      throw new OpenLedgerError('OL1702', { layer, log, reason })
    }
    await sleep(5)
  }
  throw new OpenLedgerError('OL1702', { layer, log, reason: 'it did not listen within 10 seconds' })
}
