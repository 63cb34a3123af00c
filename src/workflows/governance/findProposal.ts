import { listProposals } from '../../chain/actions/governance/listProposals.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Connection } from '../network/openConnection.js'

/** Ids are hashes: none is ever this small. */
const smallestId = 2n ** 64n

/**
 * The id of the proposal that a word on the command line means: its number in the list, or the id itself.
 *
 * @throws OL1682 when it is no whole number, OL1683 when so many proposals were never made
 */
export async function findProposal(connection: Connection, word: string): Promise<bigint> {
  if (!/^(\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(word)) throw new OpenLedgerError('OL1682', { text: word })
  const number = BigInt(word)
  if (number >= smallestId) return number
  const ids = await listProposals(connection.client)
  const id = number === 0n ? undefined : ids[Number(number) - 1]
  if (id !== undefined) return id
  throw new OpenLedgerError('OL1683', { number, network: connection.network.name, count: ids.length })
}
