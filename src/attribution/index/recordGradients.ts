import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { GradientMatrix } from '../gradients/GradientMatrix.js'
import { type SequenceGradientsOptions, sequenceGradients } from '../gradients/sequenceGradients.js'
import { openInfluenceIndex, writeInfluenceIndex } from './influenceIndex.js'
import type { Trained } from './openTrained.js'

/** The index's name inside an adapter folder. */
const indexName = 'influence-index.safetensors'

/**
 * The gradients of all training records, read from the adapter's index, or computed and, with `keep`, stored there for the next
 * question. With `recompute` an existing index is not read: a verifier must not reuse the index of the party that it verifies.
 * An index of another adapter or other data is replaced. If the folder is not writable, nothing is stored.
 */
export async function recordGradients(
  { path, manifest, base, adapter, records }: Trained,
  {
    keep,
    recompute = false,
    ...options
  }: SequenceGradientsOptions & { readonly keep: boolean; readonly recompute?: boolean },
): Promise<GradientMatrix> {
  const file = join(path, indexName)
  const origin = { adapterHash: manifest.adapterHash, dataHash: manifest.data.sha256 }
  const recordIds = records.map(({ record }) => record.id)
  const exists = await access(file).then(
    () => true,
    () => false,
  )
  if (exists && !recompute) {
    try {
      const { gradients, metadata } = await openInfluenceIndex(file, origin)
      if (metadata.recordIds.join() === recordIds.join()) return gradients
    } catch (error) {
      // The index is only a cache, so a stale or damaged one is computed again.
      if (!OpenLedgerError.is(error)) throw error
    }
  }
  const examples = records.map(({ example }) => example)
  const { gradients } = await sequenceGradients(base, adapter.layout, adapter.values, examples, options)
  if (!keep) return gradients
  await writeInfluenceIndex(file, gradients, { ...origin, recordIds }).catch((error: unknown) => {
    if (!OpenLedgerError.is(error) || error.code !== 'OL1901') throw error
  })
  return gradients
}
