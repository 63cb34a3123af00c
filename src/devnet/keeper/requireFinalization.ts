import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { readFinalizationSeconds } from '../bridge/readOracle.js'
import type { DevnetState } from '../state/devnetState.js'

/**
 * Checks the delay of proven withdrawals, which was fixed when the chains began.
 *
 * @param wanted seconds; without it the function checks nothing
 * @throws OL1762 when the chains have another delay
 */
export async function requireFinalization(
  { l1, addresses }: { readonly l1: { readonly rpcUrl: string }; readonly addresses: DevnetState['addresses'] },
  wanted: number | undefined,
): Promise<void> {
  if (wanted === undefined) return
  const seconds = await readFinalizationSeconds(l1.rpcUrl, addresses.L2OutputOracle)
  if (seconds !== wanted) throw new OpenLedgerError('OL1762', { seconds, wanted })
}
