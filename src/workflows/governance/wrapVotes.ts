import type { Hex } from 'viem'
import { delegateVotes } from '../../chain/actions/governance/delegateVotes.js'
import { type GetVotesReturnType, getVotes } from '../../chain/actions/governance/getVotes.js'
import { wrapOpen } from '../../chain/actions/tokens/wrapOpen.js'
import { warp } from '../../devnet/state/warp.js'
import type { Operation } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'
import { governanceOperation } from './governanceOperation.js'

export interface WrapVotesParameters {
  readonly amountWei: bigint
  /** The account that votes with the tokens; by default the one chosen before, else the signer. */
  readonly delegatee?: Hex | undefined
}

/** Turns OPEN into GOPEN, and delegates its votes: GOPEN votes for nobody until it is delegated. */
export async function wrapVotes(
  connection: Connection,
  { amountWei, delegatee: chosen }: WrapVotesParameters,
): Promise<Operation<GetVotesReturnType & { readonly transactionHash: Hex }, WrapVotesFacts>> {
  const account = connection.as('maintainer').account.address
  const before = await getVotes(connection.client, { account })
  const delegatee = chosen ?? before.delegatee ?? account
  return governanceOperation(connection, {
    title: 'Wrap OPEN as GOPEN',
    facts: { account, amountWei, delegatee },
    async act(client) {
      const { hash: transactionHash } = await wrapOpen(client, { contract: 'GOPEN', amountWei })
      if (delegatee !== before.delegatee) await delegateVotes(client, { delegatee })
      // Proposing takes votes of a second before, and on the devnet no second passes without a transaction.
      if (connection.devnet !== undefined) await warp(connection.devnet, 1)
      return { ...(await getVotes(client, { account })), transactionHash }
    },
  })
}

export interface WrapVotesFacts {
  readonly account: Hex
  readonly amountWei: bigint
  readonly delegatee: Hex
}
