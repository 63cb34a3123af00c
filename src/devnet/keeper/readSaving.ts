import { z } from 'zod'
import type { DevnetState } from '../state/devnetState.js'
import { askKeeper } from './control.js'

const savingSchema = z.object({ saveMilliseconds: z.number().nullable(), saveFailure: z.string().nullable() })

/** How a running devnet is saved. */
export interface Saving {
  /** Milliseconds of blocks that a crash may cost; more for large chains, which take longer to save. `null` without saving. */
  readonly saveMilliseconds: number | null
  /** Why the last save failed. A crash then costs all blocks since the save before it. */
  readonly saveFailure: string | null
}

/**
 * Asks the keeper how it saves the devnet.
 *
 * @throws OL1754 when the keeper does not answer
 */
export const readSaving = async (devnet: DevnetState): Promise<Saving> =>
  savingSchema.parse(await askKeeper(devnet, { order: 'status' }, 5_000))
