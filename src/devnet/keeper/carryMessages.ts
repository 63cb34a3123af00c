import { join } from 'node:path'
import { workspacePaths } from '../../config/workspacePaths.js'
import { Turns } from '../../files/Turns.js'
import { ProofStore } from '../bridge/ProofStore.js'
import { Relayer } from '../bridge/Relayer.js'
import { safeBlock } from '../bridge/safeBlock.js'
import { guardedRollback } from '../l2Rpc/guardedRollback.js'
import { minedInTurn } from '../l2Rpc/minedInTurn.js'
import { type SafeTag, safeTags } from '../l2Rpc/safeTags.js'
import { servePublicRpc } from '../l2Rpc/servePublicRpc.js'
import { storedProofs } from '../l2Rpc/storedProofs.js'
import { Activity } from '../node/Activity.js'
import type { DevnetLog } from '../node/DevnetLog.js'
import { QueuePromoter } from '../node/QueuePromoter.js'
import type { Chains } from '../setup/startChains.js'

/** The connections between the two layers, and between each layer and its clients. */
export interface Messages {
  /** The public URLs. */
  readonly urls: { readonly l1: string; readonly l2: string }
  /** Notes when something may have changed on either chain; see {@link Activity.sieve}. */
  readonly activity: Activity
  /** Runs `action` while nothing is carried between the layers. */
  paused<Result>(action: () => Promise<Result>): Promise<Result>
  /** Stops carrying until {@link Messages.resume}, while the nodes are replaced. */
  suspend(): Promise<void>
  /** Continues with other nodes at the same URLs. */
  resume(chains: Chains): Promise<void>
  stop(): Promise<void>
}

export interface MessagesOptions {
  readonly workspace: string
  readonly chains: Chains
  /** Public ports; 0 for any free one. */
  readonly l1Port: number
  readonly l2Port: number
  readonly log: DevnetLog
  /** Keeps outputs and proofs of withdrawals for the next start. */
  readonly persistent: boolean
}

/**
 * Starts the relayer and opens both layers to clients.
 *
 * @throws OL1701 when a port is taken, OL1765 when one cannot be used
 * @throws OL1720 when the relayer cannot continue
 */
export async function carryMessages(options: MessagesOptions): Promise<Messages> {
  const { workspace, chains, l1Port, l2Port, log, persistent } = options
  const proofs = persistent
    ? await ProofStore.open(join(workspacePaths(workspace).state, 'outputs.jsonl'))
    : new ProofStore()
  const turns = new Turns()
  const activity = new Activity()
  const onChange = (): void => activity.touch()
  let running = chains
  const relayerOf = ({ l1, l2, addresses }: Chains): Relayer =>
    new Relayer({
      l1RpcUrl: l1.rpcUrl,
      l2RpcUrl: l2.rpcUrl,
      addresses,
      proofs,
      turns,
      activity,
      log: (line) => log.write(line),
    })
  const blockOf = (tag: SafeTag): Promise<bigint> => {
    const { l1, l2, addresses } = running
    return safeBlock({ l1RpcUrl: l1.rpcUrl, l2RpcUrl: l2.rpcUrl, portal: addresses.OptimismPortal }, tag)
  }
  const l1 = await servePublicRpc({
    layer: 'L1',
    upstreamUrl: chains.l1.rpcUrl,
    port: l1Port,
    intercepts: [guardedRollback('L1', () => running.readyAt.l1, new Turns())],
    onChange,
  })
  const l2 = await servePublicRpc({
    layer: 'L2',
    upstreamUrl: chains.l2.rpcUrl,
    port: l2Port,
    // The guard comes first: it must see the rollback in a batch that also mines or asks for a proof.
    intercepts: [
      guardedRollback('L2', () => running.readyAt.l2, turns),
      minedInTurn(turns),
      storedProofs(proofs),
      safeTags(blockOf),
    ],
    onChange,
  }).catch(async (error) => {
    await l1.close()
    throw error
  })
  const promoterOf = ({ l1, l2 }: Chains): QueuePromoter =>
    new QueuePromoter({ rpcUrls: [l1.rpcUrl, l2.rpcUrl], activity, log: (line) => log.write(line) })
  let relayer = relayerOf(chains)
  let promoter = promoterOf(chains)
  let stopped = false
  const start = (): void => {
    // At the end the chains are dumped once more, and nothing may start again.
    if (stopped) return
    relayer.start()
    promoter.start()
  }
  const begin = async (fresh: boolean): Promise<void> => {
    start()
    // A fresh devnet includes the first output, so that its heights do not depend on timing.
    if (fresh) await relayer.idle()
  }
  const suspend = async (): Promise<void> => {
    await Promise.all([relayer.stop(), promoter.stop()])
  }
  const stop = async (): Promise<void> => {
    stopped = true
    await Promise.all([suspend(), l1.close(), l2.close()])
  }
  try {
    await begin(chains.fresh)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    urls: { l1: l1.url, l2: l2.url },
    activity,
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
      running = next
      l1.retarget(next.l1.rpcUrl)
      l2.retarget(next.l2.rpcUrl)
      activity.touch()
      relayer = relayerOf(next)
      promoter = promoterOf(next)
      await begin(next.fresh)
    },
    stop,
  }
}
