import type { SignerConfig } from '../config/mergeNetworks.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'

/** Seconds that a signer may take for one signature. */
const defaultTimeout = 120
/** Characters of output, more than any answer needs. */
const outputLimit = 65_536

export interface SignerRun {
  readonly signer: SignerConfig
  /** Name of the network, for errors. */
  readonly network: string
  /** Called with each text that the signer writes to stderr: it may ask the user to press a button on a device. */
  readonly note: (text: string) => void
}

/**
 * Runs a signer command with a request on its stdin.
 *
 * @returns its standard output
 * @throws OL1626 when it fails, OL1627 when it takes too long, OL1628 when it prints too much
 */
export async function runSigner({ signer, network, note }: SignerRun, request: string): Promise<string> {
  // execa is loaded here because most commands run no signer.
  const { execa } = await import('execa')
  const { command, folder, timeoutSeconds: seconds = defaultTimeout } = signer
  // The shell leads a process group of its own, so that the programs that it started end with it.
  const child = execa('/bin/sh', ['-c', command], {
    cwd: folder,
    detached: true,
    input: request,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: { stdout: outputLimit },
    // stderr is read below as it comes.
    buffer: { stderr: false },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2000)
    if (text.trim() !== '') note(text.trimEnd())
  })
  let isLate = false
  const onExit = (): void => endGroup(child.pid)
  process.once('exit', onExit)
  const timer = setTimeout(() => {
    isLate = true
    endGroup(child.pid)
  }, seconds * 1000)
  const ended = await child.finally(() => {
    clearTimeout(timer)
    process.off('exit', onExit)
  })
  if (isLate) throw new OpenLedgerError('OL1627', { network, seconds })
  if (ended.isMaxBuffer) {
    // execa has ended only the shell.
    endGroup(child.pid)
    throw new OpenLedgerError('OL1628', { network, reason: `more than ${outputLimit} characters` })
  }
  if (ended.exitCode === 0) return ended.stdout
  const status = ended.signal ?? (ended.exitCode === undefined ? 'no start' : `status ${ended.exitCode}`)
  const reason = said.trim().split('\n').at(-1) || (status === 'no start' ? reasonOf(ended.cause) : 'it said nothing')
  throw new OpenLedgerError('OL1626', { network, status, reason, command })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
