import { join } from 'node:path'
import { workspacePaths } from '../config/workspacePaths.js'
import { ProofStore } from './bridge/ProofStore.js'
import { Relayer } from './bridge/Relayer.js'
import type { DevnetLog } from './DevnetLog.js'
import { serveL2Rpc } from './l2Rpc/serveL2Rpc.js'
import { QueuePromoter } from './QueuePromoter.js'
import type { Chains } from './startChains.js'
import { Turns } from './Turns.js'

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
  /** Public port of the L2; 0 for any free one. */
  readonly port: number
  readonly log: DevnetLog
  /** Keeps outputs and proofs of withdrawals for the next start. */
  readonly persistent: boolean
}

/**
 * Starts the relayer, and opens the L2 to clients.
 *
 * @throws OL1701 when the port is taken
 * @throws OL1720 when the relayer cannot get on
 */
export async function carryMessages({ workspace, chains, port, log, persistent }: MessagesOptions): Promise<Messages> {
  const proofs = persistent
    ? await ProofStore.open(join(workspacePaths(workspace).state, 'outputs.jsonl'))
    : new ProofStore()
  const turns = new Turns()
  const relayerOf = ({ l1, l2, addresses }: Chains): Relayer =>
    new Relayer({
      l1RpcUrl: l1.rpcUrl,
      l2RpcUrl: l2.rpcUrl,
      addresses,
      proofs,
      turns,
      log: (line) => log.write(line),
    })
  const l2 = await serveL2Rpc({ upstreamUrl: chains.l2.rpcUrl, port, proofs, turns })
  const promoterOf = ({ l1, l2 }: Chains): QueuePromoter =>
    new QueuePromoter({ rpcUrls: [l1.rpcUrl, l2.rpcUrl], log: (line) => log.write(line) })
  let relayer = relayerOf(chains)
  let promoter = promoterOf(chains)
  let stopped = false
  const start = (): void => {
    // The chains are saved once more at the very end.
    if (stopped) return
    relayer.start()
    promoter.start()
  }
  const begin = async (fresh: boolean): Promise<void> => {
    start()
    // The first output belongs to a fresh devnet: heights do not depend on timing then.
    if (fresh) await relayer.idle()
  }
  const suspend = async (): Promise<void> => {
    await Promise.all([relayer.stop(), promoter.stop()])
  }
  const stop = async (): Promise<void> => {
    stopped = true
    await Promise.all([suspend(), l2.close()])
  }
  try {
    await begin(chains.fresh)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: l2.url,
    async paused(action) {
      await suspend()
      try {
        return await action()
      } finally {
        start()
      }
    },
    suspend,
    async resume(next) {
      l2.retarget(next.l2.rpcUrl)
      relayer = relayerOf(next)
      promoter = promoterOf(next)
      await begin(next.fresh)
    },
    stop,
  }
}
