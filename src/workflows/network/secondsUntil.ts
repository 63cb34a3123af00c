import { getBlockTime } from '../../chain/actions/common/getBlockTime.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Connection } from './openConnection.js'

/**
 * By how much the devnet's clock has to be moved for a moment to come.
 *
 * @param time Unix time in seconds
 * @returns seconds, 0 when it is past
 * @throws OL1684 on any other network, whose clock nobody moves
 */
export async function secondsUntil(connection: Connection, time: number): Promise<number> {
  if (connection.devnet === undefined) throw new OpenLedgerError('OL1684', { network: connection.network.name })
  return Math.max(0, time - (await getBlockTime(connection.client)))
}
