import { dirname } from 'node:path'
import { type DevnetState, layerOfContract, type RestoredChains } from '../../devnet/state/devnetState.js'
import type { LostBlocks } from '../../devnet/state/lostBlocks.js'
import { formatDuration } from '../../terminal/formats.js'
import type { Style } from '../../terminal/Style.js'
import { wrap } from '../../terminal/textWidth.js'

/** What `devnet` commands tell of a running devnet with --json. */
export const devnetData = ({ l1, l2, addresses, anvilVersion, startedAt, supervisor, restored }: DevnetState) => ({
  l1: { chainId: l1.chainId, rpcUrl: l1.rpcUrl, pid: l1.pid, log: l1.log },
  l2: { chainId: l2.chainId, rpcUrl: l2.rpcUrl, pid: l2.pid, log: l2.log },
  addresses,
  anvilVersion,
  startedAt,
  pid: supervisor.pid,
  detached: supervisor.detached,
  restored,
})

export function describeDevnet({ l1, l2, addresses, restored }: DevnetState, style: Style): string {
  const { table } = style
  const layers = [
    ['L1', String(l1.chainId), l1.rpcUrl],
    ['L2', String(l2.chainId), l2.rpcUrl],
  ]
  const contracts = Object.entries(addresses).map(([name, address]) => [layerOfContract(name), name, address])
  return [
    table([{ title: 'layer' }, { title: 'chain' }, { title: 'rpc' }], layers),
    `logs in ${dirname(l2.log)}`,
    ...(restored === null ? [] : describeRestored(restored, style)),
    '',
    table([{ title: 'layer' }, { title: 'contract' }, { title: 'address', shrink: true }], contracts),
  ].join('\n')
}

/** A sentence in lines that fit the terminal. */
export const lines = (text: string, { columns }: Style): string[] => wrap(text, columns)

/** The saved chains that the devnet continues, and the blocks that a crash has cost. */
function describeRestored({ savedAt, l1, l2, lost }: RestoredChains, style: Style): string[] {
  const age = formatDuration(Date.now() - Date.parse(savedAt))
  return [
    ...lines(`continues from block ${l1} of the L1 and ${l2} of the L2, saved ${age} ago`, style),
    ...describeLost('lost in the crash, mined after that', lost, style),
  ]
}

/** Nothing when nothing was lost. */
export function describeLost(what: string, lost: LostBlocks, style: Style): string[] {
  const gone = (['l1', 'l2'] as const)
    .filter((layer) => lost[layer].length > 0)
    .map((layer) => {
      const [first, last] = [lost[layer][0]?.number ?? 0, lost[layer].at(-1)?.number ?? 0]
      const which = first === last ? `block ${first}` : `blocks ${first} to ${last}`
      return `${which} of the ${layer.toUpperCase()}`
    })
  return gone.length === 0 ? [] : lines(`${what}: ${gone.join(', ')}`, style).map(style.paint.yellow)
}
