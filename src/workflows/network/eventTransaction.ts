import type { Abi, Hex } from 'viem'
import { findEvents } from '../../chain/client/findEvents.js'
import type { ContractName } from '../../chain/client/networks.js'
import type { Connection } from './openConnection.js'

/** An event by which something that stands on chain is recognised. */
export interface EventQuery {
  readonly contract: ContractName
  readonly abi: Abi
  readonly eventName: string
  /** Values of its indexed arguments. */
  readonly args: Readonly<Record<string, Hex | bigint>>
}

/**
 * The transaction in which a contract emitted an event: what a run that was stopped right after it could not note.
 * Undefined where the node does not know.
 */
export async function eventTransaction({ client, network }: Connection, query: EventQuery): Promise<Hex | undefined> {
  const [log] = await findEvents(client, network, { ...query, newestOnly: true })
  return log?.transactionHash ?? undefined
}
