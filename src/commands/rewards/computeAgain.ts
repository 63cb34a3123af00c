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

export interface ComputedAgain extends RecomputedEpoch {
  /** What the model said of the inferences; null where it was not asked. */
  readonly model: {
    readonly inferences: number
    /** Ids of those whose noted shares it does not confirm. */
    readonly changed: readonly string[]
    /** Receipts of which nothing is noted here: their shares were taken as they stand. */
    readonly unknown: number
  } | null
}

/** @throws OL1006 for flags that would be ignored */
export function checkAgainInput(command: string, { recompute, adapter }: AgainInput, root?: string): void {
  const refuse = (reason: string): never => {
    throw new OpenLedgerError('OL1006', { command, reason })
  }
  if (root !== undefined && recompute)
    refuse('--root claims a root instead of computing one, so there is nothing to --recompute')
  if (adapter !== undefined && !recompute) refuse('--adapter is of use with --recompute only')
}

/** Computes an epoch again, from what was noted, or from the model itself. */
export async function computeAgain(
  context: CommandContext,
  connection: Connection,
  paths: WorkspacePaths,
  { epoch, recompute, adapter }: AgainInput,
): Promise<ComputedAgain> {
  const { output, signal } = context
  const found = { inferences: 0, changed: [] as readonly string[] }
  const again = recompute
    ? async (noted: Parameters<typeof attributeAgain>[1]) => {
        const { inferences, changed } = await attributeAgain(connection, noted, {
          paths,
          adapter,
          base: (folder) => chooseBase(context, { base: undefined, revision: undefined, adapter: folder }),
          signal,
          onProgress: attributionView(output),
        })
        found.inferences = inferences.length
        found.changed = changed
        return inferences
      }
    : undefined
  const work = () => recomputeEpoch(paths, connection, epoch, again)
  // The attribution shows its own progress.
  const computed = recompute ? await work() : await output.step('Compute the epoch again', work)
  if (!recompute) return { ...computed, model: null }
  const unknown = Math.max(0, computed.onChain.receiptCount - found.inferences)
  if (found.changed.length > 0)
    output.warn(`The model does not confirm the shares of ${found.changed.length} of ${found.inferences} inferences`)
  if (unknown > 0)
    output.warn(
      `${unknown} receipts are not noted here: their shares were taken as they stand, the model was not asked`,
    )
  return { ...computed, model: { ...found, unknown } }
}
