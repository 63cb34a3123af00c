import { open, readFile, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** Sources of log lines: the two nodes and their keeper. */
export const logLayers = ['l1', 'l2', 'devnet'] as const
export type LogLayer = (typeof logLayers)[number]

export interface LogLine {
  readonly layer: LogLayer
  readonly text: string
}

export interface DevnetLogsOptions {
  /** By default all. */
  readonly layers?: readonly LogLayer[]
  /** Also show the name of each called JSON-RPC method; most calls are polls of the relayer. */
  readonly rpc?: boolean
}

interface Entry {
  /** Time of the block with which the entry ends, by the chain's clock. */
  readonly time: number
  readonly lines: readonly LogLine[]
}

/**
 * Merges the logs of both nodes and their keeper since the last start, with blocks in the order of their times.
 *
 * @throws OL1704 when no devnet was ever started in the workspace
 */
export async function devnetLogs(workspace: string, options: DevnetLogsOptions = {}): Promise<LogLine[]> {
  const { layers = logLayers } = options
  const texts = await Promise.all(
    layers.map((layer) => readFile(pathOf(workspace, layer), 'utf8').catch(() => undefined)),
  )
  if (texts.every((text) => text === undefined)) throw new OpenLedgerError('OL1704', { workspace })
  const entries = layers.flatMap((layer, index) => entriesOf(layer, texts[index] ?? ''))
  // The sort is stable: the lines of one layer stay in their order.
  return entries
    .sort((one, other) => one.time - other.time)
    .flatMap(({ lines }) => lines)
    .filter((line) => isShown(line, options))
}

/**
 * Follows the logs from now on, until the signal is aborted.
 *
 * @param onLine called with each line, in the order in which they are found
 */
export async function followDevnetLogs(
  workspace: string,
  { signal, onLine, ...options }: DevnetLogsOptions & { signal: AbortSignal; onLine: (line: LogLine) => void },
): Promise<void> {
  const { layers = logLayers } = options
  const tails = await Promise.all(layers.map((layer) => Tail.atEnd(layer, pathOf(workspace, layer))))
  while (!signal.aborted) {
    for (const tail of tails) {
      for (const line of await tail.read()) if (isShown(line, options)) onLine(line)
    }
    await sleep(150, undefined, { signal }).catch(() => undefined)
  }
}

const pathOf = (workspace: string, layer: LogLayer): string => `${workspacePaths(workspace).logs}/${layer}.log`

/** Whether a line is shown. For a call anvil writes a line that consists of the method's name. */
const isShown = ({ layer, text }: LogLine, { rpc = false }: DevnetLogsOptions): boolean =>
  text !== '' &&
  (layer === 'devnet' || rpc || !/^(eth|evm|anvil|net|web3|debug|trace|txpool|ots|erigon)_\w+$/.test(text))

function entriesOf(layer: LogLayer, text: string): Entry[] {
  const entries: Entry[] = []
  let lines: LogLine[] = []
  let time = 0
  const push = (): void => {
    if (lines.length > 0) entries.push({ time, lines })
    lines = []
  }
  for (const line of withoutBanner(layer, text).split('\n')) {
    lines.push({ layer, text: line.trimEnd() })
    const stated = /^ *Block Time: "(.+)"$/.exec(line)?.[1] ?? (layer === 'devnet' ? line.slice(0, 24) : undefined)
    const milliseconds = Date.parse(stated ?? '')
    if (Number.isNaN(milliseconds)) continue
    time = Math.max(time, milliseconds)
    push()
  }
  push()
  return entries
}

/** Removes anvil's banner, which lists the public keys as if they were funded on both layers. */
const withoutBanner = (layer: LogLayer, text: string): string => {
  const start = layer === 'devnet' ? -1 : text.search(/^Listening on /m)
  return start < 0 ? text : text.slice(start)
}

/** Reads the lines that are added to a file, also after a new file has replaced it. */
class Tail {
  readonly #layer: LogLayer
  readonly #path: string
  #inode = 0
  #offset = 0
  #rest = ''

  private constructor(layer: LogLayer, path: string) {
    this.#layer = layer
    this.#path = path
  }

  static async atEnd(layer: LogLayer, path: string): Promise<Tail> {
    const tail = new Tail(layer, path)
    const found = await stat(path).catch(() => undefined)
    tail.#inode = found?.ino ?? 0
    tail.#offset = found?.size ?? 0
    return tail
  }

  async read(): Promise<LogLine[]> {
    const file = await open(this.#path, 'r').catch(() => undefined)
    if (file === undefined) return []
    try {
      const { ino, size } = await file.stat()
      if (ino !== this.#inode || size < this.#offset) {
        this.#inode = ino
        this.#offset = 0
        this.#rest = ''
      }
      const { bytesRead, buffer } = await file.read(
        Buffer.alloc(size - this.#offset),
        0,
        size - this.#offset,
        this.#offset,
      )
      this.#offset += bytesRead
      const lines = (this.#rest + buffer.subarray(0, bytesRead).toString('utf8')).split('\n')
      this.#rest = lines.pop() ?? ''
      return lines.map((text) => ({ layer: this.#layer, text: text.trimEnd() }))
    } finally {
      await file.close()
    }
  }
}
