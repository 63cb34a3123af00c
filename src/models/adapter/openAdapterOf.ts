import type { BaseModel } from '../base/BaseModel.js'
import { openAdapter } from './adapter.js'
import type { Adapter } from './adapterLayout.js'
import { checkAdapterBase, type OnOtherBase } from './adapterOrigin.js'

/** The adapter of an action; without one, the action uses the base model alone. */
export interface AdapterChoice {
  /** Folder of a LoRA adapter. */
  readonly adapter?: string
  /** Accepts an adapter that was trained on another base model, and receives the warning; without it, that is an error. */
  readonly onOtherBase?: OnOtherBase
}

/**
 * Opens the chosen adapter, and checks that it was trained on this base model.
 *
 * @returns undefined if no adapter was chosen
 * @throws OL1426 when it was trained on another base model, and the errors of {@link openAdapter}
 */
export async function openAdapterOf(
  { adapter, onOtherBase }: AdapterChoice,
  base: BaseModel,
): Promise<Adapter | undefined> {
  if (adapter === undefined) return undefined
  await checkAdapterBase(adapter, base, onOtherBase)
  return openAdapter(adapter, base)
}
