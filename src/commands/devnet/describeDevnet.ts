import { dirname } from 'node:path'
import type { DevnetState } from '../../devnet/devnetState.js'
import type { Style } from '../../terminal/Style.js'

/** What `devnet` commands tell of a running devnet with --json. */
export const devnetData = ({ l1, l2, addresses, anvilVersion, startedAt, attachedTo }: DevnetState) => ({
  l1: { chainId: l1.chainId, rpcUrl: l1.rpcUrl, pid: l1.pid, log: l1.log },
  l2: { chainId: l2.chainId, rpcUrl: l2.rpcUrl, pid: l2.pid, log: l2.log },
  addresses,
  anvilVersion,
  startedAt,
  detached: attachedTo === null,
})

export function describeDevnet({ l1, l2, addresses }: DevnetState, { table }: Style): string {
  const layers = [
    ['L1', String(l1.chainId), l1.rpcUrl],
    ['L2', String(l2.chainId), l2.rpcUrl],
  ]
  return [
    table([{ title: 'layer' }, { title: 'chain' }, { title: 'rpc' }], layers),
    `logs in ${dirname(l2.log)}`,
    '',
    table([{ title: 'contract' }, { title: 'address', shrink: true }], Object.entries(addresses)),
  ].join('\n')
}
