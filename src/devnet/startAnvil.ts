import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { anvilBinary } from './anvilBinary.js'
import { processIdentity } from './processIdentity.js'
import { anvilMetadata } from './rpc.js'
import { type RecordedProcess, stopProcess } from './stopProcess.js'

/**
 * Becomes anvil, and leaves behind a shell of one megabyte that reads the pipe from the process which started the devnet.
 * However that process ends, SIGKILL included, the kernel closes the pipe, and the shell ends anvil. The word `release`
 * lets anvil live on. (`$$` is the shell's own id before `exec`, so anvil's id after it.)
 */
const leash = `
exec 3<&0 </dev/null
(
  trap '' HUP INT TERM
  exec >/dev/null 2>&1
  read -r word <&3
  [ "$word" = release ] && exit
  kill -TERM $$
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -0 $$ || exit
    sleep 0.1
  done
  kill -KILL $$
) &
exec "$@" 3<&-
`

export interface AnvilOptions {
  readonly layer: 'L1' | 'L2'
  readonly chainId: number
  /** 0: a free one. */
  readonly port: number
  /** File that anvil's output goes to; emptied first. */
  readonly log: string
  readonly flags: readonly string[]
}

/** A running anvil that ends with this process unless {@link Anvil.release} was called. */
export interface Anvil extends RecordedProcess {
  readonly chainId: number
  readonly rpcUrl: string
  readonly instanceId: `0x${string}`
  readonly version: string
  readonly log: string
  /** Lets it outlive this process. */
  release(): Promise<void>
}

/**
 * Starts an anvil and waits until it answers. Its own log names the port it listens on, so the answer cannot come from
 * another node that happens to have the port.
 *
 * @throws OL1701 when the port is taken
 * @throws OL1702 when it does not start
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const { layer, chainId, log } = options
  const child = await spawnOnLeash(options)
  const { pid } = child
  const identity = pid === undefined ? undefined : processIdentity(pid)
  try {
    const rpcUrl = `http://127.0.0.1:${await listeningPort(child, options)}`
    const metadata = await anvilMetadata(rpcUrl)
    if (pid === undefined || identity === undefined || metadata.chainId !== chainId) {
      throw new OpenLedgerError('OL1702', { layer, log, reason: `it reports chain id ${metadata.chainId}` })
    }
    const { instanceId, clientVersion } = metadata
    const version = clientVersion.replace(/^anvil\/v/, '')
    return { pid, identity, chainId, rpcUrl, instanceId, version, log, release: () => release(child) }
  } catch (cause) {
    if (pid !== undefined && identity !== undefined) await stopProcess({ pid, identity })
    if (OpenLedgerError.is(cause)) throw cause
    throw new OpenLedgerError('OL1702', { layer, log, reason: reasonOf(cause) }, { cause })
  }
}

async function spawnOnLeash({ chainId, port, log, flags }: AnvilOptions): Promise<ChildProcess> {
  await mkdir(dirname(log), { recursive: true })
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
      ...flags,
    ]
    // A session of its own: Ctrl-C in the terminal reaches this process only, which then ends the nodes in order.
    const child = spawn('/bin/sh', ['-c', leash, 'openledger-devnet', ...anvil], {
      detached: true,
      stdio: ['pipe', output.fd, output.fd],
    })
    child.on('error', () => undefined)
    child.stdin?.on('error', () => undefined)
    // Neither the child nor the pipe keeps this process from ending.
    child.unref()
    unrefStream(child.stdin)
    return child
  } finally {
    await output.close()
  }
}

function unrefStream(stream: Writable | null): void {
  if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
}

async function listeningPort(child: ChildProcess, { layer, port, log }: AnvilOptions): Promise<number> {
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline) {
    const text = await readFile(log, 'utf8')
    const found = /^Listening on [^\s]+:(\d+)$/m.exec(text)?.[1]
    if (found !== undefined) return Number(found)
    if (child.pid === undefined) throw new OpenLedgerError('OL1702', { layer, log, reason: '/bin/sh cannot be run' })
    if (child.exitCode !== null || child.signalCode !== null) {
      if (text.includes('Address already in use')) throw new OpenLedgerError('OL1701', { layer, port })
      const reason = text.trim().split('\n').at(-1) || `it ended with ${child.exitCode ?? child.signalCode}`
      throw new OpenLedgerError('OL1702', { layer, log, reason })
    }
    await sleep(5)
  }
  throw new OpenLedgerError('OL1702', { layer, log, reason: 'it did not listen within 10 seconds' })
}

const release = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => (child.stdin === null ? resolve() : child.stdin.end('release\n', () => resolve())))
