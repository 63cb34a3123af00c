import { readdir } from 'node:fs/promises'
import { getEpoch } from '../chain/actions/getEpoch.js'
import { getLedger } from '../chain/actions/getLedger.js'
import type { WorkspacePaths } from '../config/workspacePaths.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { loadEpoch } from '../rewards/epochFolder.js'
import type { Epoch } from '../rewards/epochs.js'
import type { Chain } from './openChain.js'

/** The workspace's epochs from the first, each re-verified against its files and the one before. */
export async function readEpochs(paths: WorkspacePaths): Promise<Epoch[]> {
  const names = await readdir(paths.epochs).catch(() => [])
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const epochs: Epoch[] = []
  for (const number of numbers.sort((a, b) => a - b)) epochs.push(await loadEpoch(paths.epoch(number), epochs.at(-1)))
  return epochs
}

/** An epoch as the ledger knows it. */
export interface OnChainEpoch extends Awaited<ReturnType<typeof getEpoch>> {
  /** Its number there; rejected epochs count too, so it can be above the workspace's. */
  readonly number: number
}

/** Finds an epoch on the ledger by its manifest hash; undefined where it was never posted, or was rejected. */
export async function findOnChain(chain: Chain, { manifestHash }: Epoch): Promise<OnChainEpoch | undefined> {
  const address = chain.address('AttributionLedger')
  const { epochCount } = await getLedger(chain.client, { address })
  for (let number = epochCount; number > 0; number--) {
    const epoch = await getEpoch(chain.client, { address, epoch: number })
    if (epoch.manifestHash === manifestHash && epoch.status !== 'rejected') return { ...epoch, number }
  }
  return undefined
}

/**
 * The same, for an epoch that must be there.
 *
 * @throws OL1812 when it is not: the chain was started anew
 */
export async function requireOnChain(chain: Chain, epoch: Epoch): Promise<OnChainEpoch> {
  const found = await findOnChain(chain, epoch)
  if (found !== undefined) return found
  const { epochCount: count } = await getLedger(chain.client, { address: chain.address('AttributionLedger') })
  throw new OpenLedgerError('OL1812', { epoch: epoch.manifest.epoch, network: chain.network.name, count })
}
