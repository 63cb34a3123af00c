import { devnetLogs, followDevnetLogs, type LogLayer, type LogLine } from '../../devnet/node/devnetLogs.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Style } from '../../terminal/Style.js'
import type { CommandContext } from '../shared/CommandContext.js'

interface Input {
  readonly follow: boolean
  readonly layer: LogLayer | undefined
  readonly lines: number
  readonly rpc: boolean
}

/** `openledger devnet logs`: both nodes and their keeper, each line with who wrote it. */
export async function run(context: CommandContext, { follow, layer, lines: count, rpc }: Input): Promise<void> {
  const { output, config, cwd, signal } = context
  if (follow && output.json) throw new OpenLedgerError('OL1760', {})
  const workspace = config.workspace?.root ?? cwd
  const options = { rpc, ...(layer !== undefined && { layers: [layer] }) }
  const lines = (await devnetLogs(workspace, options)).slice(-count)
  if (!follow) {
    output.result({ lines }, (_, style) => lines.map((line) => rendered(line, style)).join('\n'))
    return
  }
  const write = (line: LogLine): void => output.part(`${rendered(line, output.style)}\n`)
  lines.forEach(write)
  await followDevnetLogs(workspace, { ...options, signal, onLine: write })
  output.result({}, () => '')
}

function rendered({ layer, text }: LogLine, { paint }: Pick<Style, 'paint'>): string {
  const colour = { l1: paint.cyan, l2: paint.magenta, devnet: paint.dim }[layer]
  return `${colour(layer.padEnd(6))} ${text}`
}
