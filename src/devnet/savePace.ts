import { z } from 'zod'
import { order } from './control.js'
import type { DevnetState } from './devnetState.js'

const statusSchema = z.object({ saveMilliseconds: z.number().nullable() })

/**
 * Milliseconds of blocks that a crash may cost now: more for large chains, whose saving takes longer. `null` when the
 * devnet is not saved.
 *
 * @throws OL1754 when the process that keeps the devnet does not answer
 */
export const savePace = async (devnet: DevnetState): Promise<number | null> =>
  statusSchema.parse(await order(devnet, { order: 'status' }, 5_000)).saveMilliseconds
