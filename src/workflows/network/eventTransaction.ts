import type { Abi, Hex } from 'viem'
import { findEvents } from '../../chain/client/findEvents.js'
import type { ContractName } from '../../chain/client/networks.js'
import type { Connection } from './openConnection.js'

/** The event that shows that something is on the chain. */
export interface EventQuery {
  readonly contract: ContractName
  readonly abi: Abi
  readonly eventName: string
  /** Values of its indexed arguments. */
  readonly args: Readonly<Record<string, Hex | bigint>>
}

/**
 * The transaction in which a contract emitted an event. A run that was stopped right after it could not note it.
 *
 * @returns undefined where the node does not know
 */
export async function eventTransaction({ client, network }: Connection, query: EventQuery): Promise<Hex | undefined> {
  const [log] = await findEvents(client, network, { ...query, newestOnly: true })
  return log?.transactionHash ?? undefined
}
