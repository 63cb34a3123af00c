import type { DevnetLog } from './DevnetLog.js'
import type { Chains } from './startChains.js'

/** What stands between the two layers, and between the L2 and its clients. */
export interface Bridge {
  /** The L2's public URL. */
  readonly url: string
  /** Carries nothing between the layers while `action` runs. */
  paused<Result>(action: () => Promise<Result>): Promise<Result>
  /** Carries nothing until {@link Bridge.resume}: the nodes are replaced. */
  suspend(): Promise<void>
  /** Goes on with other nodes, at the same URL. */
  resume(chains: Chains): Promise<void>
  stop(): Promise<void>
}

export interface BridgeOptions {
  readonly chains: Chains
  /** Public port of the L2; 0 for any free one. */
  readonly port: number
  readonly log: DevnetLog
}

/** Nothing yet: OPEN goes to the L2 while the devnet is set up only. */
export const startBridge = async ({ chains }: BridgeOptions): Promise<Bridge> => ({
  url: chains.l2.rpcUrl,
  paused: (action) => action(),
  suspend: async () => undefined,
  resume: async () => undefined,
  stop: async () => undefined,
})
