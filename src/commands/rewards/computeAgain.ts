import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { attributeAgain } from '../../workflows/epochs/attributeAgain.js'
import { type RecomputedEpoch, recomputeEpoch } from '../../workflows/epochs/recomputeEpoch.js'
import type { Connection } from '../../workflows/network/openConnection.js'
import { attributionView } from '../attribute.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { chooseBase } from '../shared/chooseBase.js'

export interface AgainInput {
  readonly epoch: number | undefined
  /** Whether the model's attribution is run again too. */
  readonly recompute: boolean
  readonly adapter: string | undefined
}

/** @throws OL1006 for flags that would be ignored */
export function checkAgainInput(command: string, { recompute, adapter }: AgainInput, root?: string): void {
  const refuse = (reason: string): never => {
    throw new OpenLedgerError('OL1006', { command, reason })
  }
  if (root !== undefined && recompute)
    refuse('--root claims a root instead of computing one, so there is nothing to --recompute')
  if (adapter !== undefined && !recompute) refuse('--adapter requires --recompute')
}

/** Computes an epoch again, from what was noted, or from the model itself. */
export async function computeAgain(
  context: CommandContext,
  connection: Connection,
  paths: WorkspacePaths,
  { epoch, recompute, adapter }: AgainInput,
): Promise<RecomputedEpoch> {
  const { output, signal } = context
  const again = (noted: Parameters<typeof attributeAgain>[1]) =>
    attributeAgain(connection, noted, {
      paths,
      adapter,
      base: (folder) => chooseBase(context, { base: undefined, revision: undefined, adapter: folder }),
      signal,
      onProgress: attributionView(output),
    })
  // The attribution shows its own progress.
  const computed = recompute
    ? await recomputeEpoch(paths, connection, epoch, again)
    : await output.step('Compute the epoch again', () => recomputeEpoch(paths, connection, epoch))
  const { inferences, changed, unknown } = computed.model ?? { inferences: 0, changed: [], unknown: 0 }
  if (changed.length > 0)
    output.warn(`The model does not confirm the shares of ${changed.length} of ${inferences} inferences`)
  if (unknown > 0)
    output.warn(
      `${unknown} receipts are not noted here: their shares were taken as they stand, the model was not asked`,
    )
  return computed
}
