import { acceptOwnership } from '../../chain/actions/common/acceptOwnership.js'
import { transferOwnership } from '../../chain/actions/common/transferOwnership.js'
import { defineOperation } from '../../workflows/network/Operation.js'
import type { Connection } from '../../workflows/network/openConnection.js'
import type { CommandContext } from './CommandContext.js'
import { carryOut } from './carryOut.js'

/** What is handed on, and how it is called. */
export interface Owned {
  readonly contract: 'DatanetRegistry' | 'ModelRegistry'
  readonly id: `0x${string}`
  /** `Datanet` or `model`. */
  readonly what: string
  /** What the other types to accept. */
  readonly accept: string
}

/** Offers a Datanet or a model to an account; the zero address takes the offer back. */
export async function offerOwnership(
  context: CommandContext,
  connection: Connection,
  { contract, id, what, accept }: Owned,
  to: `0x${string}`,
): Promise<void> {
  const nobody = /^0x0+$/.test(to)
  const operation = defineOperation(connection, {
    role: 'maintainer',
    title: nobody ? `Take the offer of the ${what} back` : `Offer the ${what} to ${to}`,
    facts: { id, to },
    act: (client) => transferOwnership(client, { contract, id, to }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  context.output.result({ sent: true, id, to, transactionHash: sent.hash }, () =>
    nobody
      ? 'Nobody is offered it any more.'
      : `${to} becomes its owner with ${context.shell.line(accept)}; until then nothing changes.`,
  )
}

/** Becomes the owner of a Datanet or a model that was offered. */
export async function takeOwnership(
  context: CommandContext,
  connection: Connection,
  { contract, id, what }: Omit<Owned, 'accept'>,
): Promise<void> {
  const account = connection.as('user').account.address
  const operation = defineOperation(connection, {
    role: 'user',
    title: `Become the owner of the ${what} ${id}`,
    facts: { id, account },
    act: (client) => acceptOwnership(client, { contract, id }),
  })
  const sent = await carryOut(context, operation)
  if (sent === undefined) return
  context.output.result(
    { sent: true, id, account, transactionHash: sent.hash },
    () => `${account} owns the ${what} now.`,
  )
}
