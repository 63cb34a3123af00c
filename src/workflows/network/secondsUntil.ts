import { getBlockTime } from '../../chain/actions/common/getBlockTime.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Connection } from './openConnection.js'

/**
 * Seconds to advance the devnet's clock to reach `time`.
 *
 * @param time Unix time in seconds
 * @returns 0 when the time is past
 * @throws OL1684 on any other network, whose clock nobody can move
 */
export async function secondsUntil(connection: Connection, time: number): Promise<number> {
  if (connection.devnet === undefined) throw new OpenLedgerError('OL1684', { network: connection.network.name })
  return Math.max(0, time - (await getBlockTime(connection.client)))
}
