import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { readFinalizationSeconds } from '../bridge/readOracle.js'
import type { DevnetState } from '../state/devnetState.js'

/**
 * Refuses chains on which a proven withdrawal waits for another time than is wanted; it was fixed when they began.
 *
 * @param wanted seconds; nothing is asked when it is not given
 * @throws OL1762
 */
export async function requireFinalization(
  { l1, addresses }: { readonly l1: { readonly rpcUrl: string }; readonly addresses: DevnetState['addresses'] },
  wanted: number | undefined,
): Promise<void> {
  if (wanted === undefined) return
  const seconds = await readFinalizationSeconds(l1.rpcUrl, addresses.L2OutputOracle)
  if (seconds !== wanted) throw new OpenLedgerError('OL1762', { seconds, wanted })
}
