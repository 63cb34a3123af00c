import type { Hex } from 'viem'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { findModelId } from '../models/registeredModel.js'
import type { Connection } from '../network/openConnection.js'

/**
 * The model that answers of an adapter are paid to, before time is spent on the answers.
 *
 * @throws OL1810 when the adapter is not registered, OL1624 when nobody is chosen to pay
 */
export async function payableModel(connection: Connection, adapter: string): Promise<Hex> {
  const modelId = await findModelId(connection, adapter)
  connection.as('user')
  if (modelId !== undefined) return modelId
  throw new OpenLedgerError('OL1810', { path: adapter, network: connection.network.name })
}
