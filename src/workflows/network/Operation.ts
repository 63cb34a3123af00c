import type { WriteClient } from '../../chain/client/ChainClient.js'
import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import type { DevAccountName } from '../../devnet/state/devAccountNames.js'
import { warp } from '../../devnet/state/warp.js'
import type { Connection } from './openConnection.js'

/**
 * Something that changes a chain: it can be shown, agreed to, and carried out as it was shown. Files and chain are read
 * once, when the operation is made; `plan` and `carryOut` both use what was found then.
 *
 * @example
 * const claim = await claimAll(paths, connection, { warp: true })
 * console.log(claim.facts, await claim.plan())
 * const { paid } = await claim.carryOut()
 */
export interface Operation<Result, Facts extends object = object> {
  /** What it does, as an imperative: `Approve request 3`. */
  readonly title: string
  /** The network that it changes. */
  readonly connection: Connection
  /** The devnet's account that signs where no account was chosen. */
  readonly role: DevAccountName
  /** What is known before anything is sent. A dry run reports it too. */
  readonly facts: Facts
  /** Seconds by which the devnet's clock is moved first; 0 on every other network. */
  readonly warpSeconds: number
  /**
   * The transactions that it would send, checked against the chain as it is now. One that depends on another before it is
   * described as far as it is known, or left out. Moves no clock, opens no key, writes nothing and sends nothing.
   *
   * @throws what a contract would refuse
   */
  plan(): Promise<readonly PlannedTransaction[]>
  /** Signs and sends the transactions, and waits until they are mined. */
  carryOut(): Promise<Result>
}

export interface OperationParameters<Result, Facts extends object>
  extends Pick<Operation<Result, Facts>, 'title' | 'role' | 'facts'> {
  /** Sends the transactions, with a client that signs in the role. */
  readonly act: (client: WriteClient) => Promise<Result>
  /** By default, the first transaction of `act`; none where the clock is moved first, since nobody can ask what comes then. */
  readonly plan?: () => Promise<readonly PlannedTransaction[]>
  /** Where there is no devnet, no clock is moved. */
  readonly warpSeconds?: number
}

/**
 * Makes an operation of an action, or of several that follow each other.
 *
 * @example
 * const approval = defineOperation(connection, {
 *   title: 'Approve request 3',
 *   role: 'maintainer',
 *   facts: { requestId: 3 },
 *   act: (client) => approveAccess(client, { requestId: 3 }),
 * })
 */
export function defineOperation<Result, Facts extends object>(
  connection: Connection,
  { act, plan, warpSeconds: wanted = 0, ...described }: OperationParameters<Result, Facts>,
): Operation<Result, Facts> {
  const { devnet } = connection
  const warpSeconds = devnet === undefined ? 0 : wanted
  return {
    ...described,
    connection,
    warpSeconds,
    plan: plan ?? (async () => (warpSeconds > 0 ? [] : connection.plan(described.role, act))),
    async carryOut() {
      if (warpSeconds > 0 && devnet !== undefined) await warp(devnet, warpSeconds)
      return act(connection.as(described.role))
    },
  }
}
