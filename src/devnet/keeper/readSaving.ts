import { z } from 'zod'
import type { DevnetState } from '../state/devnetState.js'
import { askKeeper } from './control.js'

const savingSchema = z.object({ saveMilliseconds: z.number().nullable(), saveFailure: z.string().nullable() })

/** How a devnet is saved while it runs. */
export interface Saving {
  /** Milliseconds of blocks that a crash may cost now: more for large chains, whose saving takes longer. `null` when it is not saved. */
  readonly saveMilliseconds: number | null
  /** Why it cannot be saved at the moment: a crash costs all since then. */
  readonly saveFailure: string | null
}

/**
 * Asks how a devnet is being saved.
 *
 * @throws OL1754 when the process that keeps the devnet does not answer
 */
export const readSaving = async (devnet: DevnetState): Promise<Saving> =>
  savingSchema.parse(await askKeeper(devnet, { order: 'status' }, 5_000))
