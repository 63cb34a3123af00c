import type { Chain, Client, LocalAccount, Transport } from 'viem'
import type { WriteClient } from '../client/ChainClient.js'
import * as actions from './index.js'

/** The names of the actions that an account takes: one without an account only reads. */
export type OpenledgerActionName<account extends LocalAccount | undefined> = {
  [name in keyof typeof actions]: (typeof actions)[name] extends (client: infer client, ...rest: never) => unknown
    ? client extends WriteClient
      ? account extends LocalAccount
        ? name
        : never
      : name
    : never
}[keyof typeof actions]

/** What {@link openledgerActions} adds to a client: each action, without its first parameter. */
export type OpenledgerActions<account extends LocalAccount | undefined = LocalAccount | undefined> = {
  [name in OpenledgerActionName<account>]: (typeof actions)[name] extends (
    client: never,
    ...rest: infer rest
  ) => infer result
    ? (...rest: rest) => result
    : never
}

/**
 * Every action as a method of a viem client. Writing actions require that the client has a local account; on a client
 * without one, only the reading actions are typed. The contracts' addresses come from `client.chain.contracts`.
 *
 * @example
 * import { createClient, http } from 'viem'
 * import { defineNetwork, openledgerActions } from 'openledger'
 *
 * const { chain } = defineNetwork({ name: 'openledger', chainId: 1612, addresses: { Staking: '0x…' } })
 * const client = createClient({ chain, transport: http() }).extend(openledgerActions())
 * const { minStakeWei } = await client.getStaking()
 */
export function openledgerActions() {
  return <account extends LocalAccount | undefined>(
    client: Client<Transport, Chain, account>,
  ): OpenledgerActions<account> => {
    const bound = Object.entries(actions).flatMap(([name, action]) =>
      typeof action === 'function' ? [[name, (action as (...all: unknown[]) => unknown).bind(undefined, client)]] : [],
    )
    return Object.fromEntries(bound)
  }
}
