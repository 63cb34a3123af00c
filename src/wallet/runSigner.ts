import { spawn } from 'node:child_process'
import type { SignerConfig } from '../config/mergeNetworks.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'

/** Seconds that a signer gets for one signature. */
const defaultTimeout = 120
/** More than any answer has. */
const outputLimit = 65_536

export interface SignerRun {
  readonly signer: SignerConfig
  /** Name of the network, for errors. */
  readonly network: string
  /** Hears what the signer writes to its stderr: whoever holds the device has to be told to press the button. */
  readonly note: (text: string) => void
}

/**
 * Runs a signer command with a request on its stdin.
 *
 * @returns what it printed
 * @throws OL1626 when it fails, OL1627 when it takes too long, OL1628 when it prints far too much
 */
export function runSigner({ signer, network, note }: SignerRun, request: string): Promise<string> {
  const { command, folder, timeoutSeconds: seconds = defaultTimeout } = signer
  return new Promise((resolve, reject) => {
    // A group of its own: what the shell has started ends with it.
    const child = spawn('/bin/sh', ['-c', command], { cwd: folder, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    let output = ''
    let said = ''
    let failure: OpenLedgerError | undefined
    const end = (error: OpenLedgerError): void => {
      failure ??= error
      endGroup(child.pid)
    }
    const onExit = (): void => endGroup(child.pid)
    process.once('exit', onExit)
    const timer = setTimeout(() => end(new OpenLedgerError('OL1627', { network, seconds })), seconds * 1000)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.length > outputLimit)
        end(new OpenLedgerError('OL1628', { network, reason: `more than ${outputLimit} characters` }))
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-2000)
      if (text.trim() !== '') note(text.trimEnd())
    })
    const settle = (status: string | undefined): void => {
      clearTimeout(timer)
      process.off('exit', onExit)
      const reason = said.trim().split('\n').at(-1) || 'it said nothing'
      if (failure !== undefined) reject(failure)
      else if (status === undefined) resolve(output)
      else reject(new OpenLedgerError('OL1626', { network, status, reason, command }))
    }
    child.on('error', (cause) => {
      failure ??= new OpenLedgerError('OL1626', { network, status: 'no start', reason: reasonOf(cause), command })
      settle(undefined)
    })
    child.on('close', (code, signal) => settle(code === 0 ? undefined : code === null ? `${signal}` : `status ${code}`))
    // A signer that ends without reading says so by its status.
    child.stdin.on('error', () => undefined)
    child.stdin.end(request)
  })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
