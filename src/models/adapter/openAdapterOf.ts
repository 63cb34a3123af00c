import type { BaseModel } from '../base/BaseModel.js'
import { openAdapter } from './adapter.js'
import type { Adapter } from './adapterLayout.js'
import { checkAdapterBase, type OnOtherBase } from './adapterOrigin.js'

/** The adapter that an action is to use; the base alone without one. */
export interface AdapterChoice {
  /** Folder of a LoRA adapter. */
  readonly adapter?: string
  /** Told where the adapter was trained on another base model, which is an error otherwise. */
  readonly onOtherBase?: OnOtherBase
}

/**
 * Opens the adapter that was chosen, made sure to be one of this base model.
 *
 * @returns undefined where none was chosen
 * @throws OL1426 when it was trained on another base model, and others as {@link openAdapter}
 */
export async function openAdapterOf(
  { adapter, onOtherBase }: AdapterChoice,
  base: BaseModel,
): Promise<Adapter | undefined> {
  if (adapter === undefined) return undefined
  await checkAdapterBase(adapter, base, onOtherBase)
  return openAdapter(adapter, base)
}
