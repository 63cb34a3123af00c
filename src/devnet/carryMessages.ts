import { join } from 'node:path'
import { workspacePaths } from '../config/workspacePaths.js'
import { ProofStore } from './bridge/ProofStore.js'
import { Relayer } from './bridge/Relayer.js'
import type { DevnetLog } from './DevnetLog.js'
import type { Chains } from './startChains.js'

/** What stands between the two layers, and between the L2 and its clients. */
export interface Messages {
  /** The L2's public URL. */
  readonly url: string
  /** Carries nothing between the layers while `action` runs. */
  paused<Result>(action: () => Promise<Result>): Promise<Result>
  /** Carries nothing until {@link Messages.resume}: the nodes are replaced. */
  suspend(): Promise<void>
  /** Goes on with other nodes, at the same URL. */
  resume(chains: Chains): Promise<void>
  stop(): Promise<void>
}

export interface MessagesOptions {
  readonly workspace: string
  readonly chains: Chains
  readonly log: DevnetLog
  /** Keeps outputs and proofs of withdrawals for the next start. */
  readonly persistent: boolean
}

/** Starts the relayer. */
export async function carryMessages({ workspace, chains, log, persistent }: MessagesOptions): Promise<Messages> {
  const proofs = persistent
    ? await ProofStore.open(join(workspacePaths(workspace).state, 'outputs.jsonl'))
    : new ProofStore()
  const relayerOf = ({ l1, l2, addresses }: Chains): Relayer =>
    new Relayer({
      l1RpcUrl: l1.rpcUrl,
      l2RpcUrl: l2.rpcUrl,
      addresses,
      proofs,
      log: (line) => log.write(line),
    })
  let relayer = relayerOf(chains)
  const begin = async (fresh: boolean): Promise<void> => {
    relayer.start()
    // The first output belongs to a fresh devnet: heights do not depend on timing then.
    if (fresh) await relayer.idle()
  }
  await begin(chains.fresh)
  return {
    url: chains.l2.rpcUrl,
    async paused(action) {
      await relayer.stop()
      try {
        return await action()
      } finally {
        relayer.start()
      }
    },
    suspend: () => relayer.stop(),
    async resume(next) {
      relayer = relayerOf(next)
      await begin(next.fresh)
    },
    stop: () => relayer.stop(),
  }
}
