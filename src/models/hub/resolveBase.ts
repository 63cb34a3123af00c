import { isHubReference } from '../../config/baseReference.js'
import { fetchModel } from './fetchModel.js'
import type { HubOptions } from './hub.js'

/** A base model that is on this machine. */
export interface ResolvedBase {
  readonly path: string
  /** The model's id on the Hugging Face Hub and its commit, if it came from there. */
  readonly source?: { readonly id: string; readonly revision: string }
}

/**
 * Finds a base model: a folder, or a model of the Hugging Face Hub, which is downloaded if needed into the cache that all
 * Hugging Face tools share (HF_HOME, HF_HUB_CACHE). A folder always wins over a model of the same name.
 *
 * @param reference a path, `owner/name`, or `owner/name@revision` with a branch, a tag or a commit
 * @throws OL1331 to OL1336 when the model cannot be downloaded
 * @example
 * const { path } = await resolveBase('HuggingFaceTB/SmolLM2-135M@main')
 */
export async function resolveBase(reference: string, options: HubOptions = {}): Promise<ResolvedBase> {
  if (!isHubReference(reference)) return { path: reference }
  const [id, revision = 'main'] = reference.split('@') as [string, string?]
  const { path, revision: commit } = await fetchModel(id, revision, options)
  return { path, source: { id, revision: commit } }
}
