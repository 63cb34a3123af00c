import { type Address, BaseError, isHex, RpcRequestError } from 'viem'
import { decodeErrorResult, isAddressEqual, numberToHex } from 'viem/utils'
import type { ReadClient } from '../client/ChainClient.js'
import { contractAddress } from '../client/contractAddress.js'
import { toChainRequest } from '../client/toChainError.js'
import type { Proposal } from './proposal.js'
import { governedInterfaces } from './readProposal.js'

export interface TryProposalParameters {
  readonly proposal: Proposal
  /** The account that makes the calls once they are voted in; the chain's OpenLedgerTimelock by default. */
  readonly timelock?: Address | undefined
  /**
   * The chain's OpenLedgerGovernor by default. Calls of it are not tried: it takes them only while it executes a
   * proposal.
   */
  readonly governor?: Address | undefined
}

/**
 * Tries each call of a proposal alone, as the timelock would make it now, because a call that fails costs weeks of
 * voting. A call that fails now may work after the calls before it, or at another time.
 *
 * @returns for each call the reason of its failure; `undefined` if it works
 * @throws OL1600, OL1608 when the node does not answer
 * @example
 * const [failure] = await tryProposal(client, { proposal })
 */
export async function tryProposal(
  client: ReadClient,
  parameters: TryProposalParameters,
): Promise<(string | undefined)[]> {
  const { proposal } = parameters
  const timelock = contractAddress(client, 'OpenLedgerTimelock', parameters.timelock)
  const governor = contractAddress(client, 'OpenLedgerGovernor', parameters.governor)
  const { targets, values, calldatas } = proposal
  return Promise.all(
    targets.map(async (to, index) => {
      if (isAddressEqual(to, governor)) return undefined
      const call = { from: timelock, to, data: calldatas[index] ?? '0x', value: numberToHex(values[index] ?? 0n) }
      try {
        await client.request({ method: 'eth_call', params: [call, 'latest'] })
        return undefined
      } catch (cause) {
        const failure = cause instanceof BaseError ? failureOf(cause) : undefined
        if (failure !== undefined) return failure
        return toChainRequest(client, 'eth_call', () => Promise.reject(cause))
      }
    }),
  )
}

/** The reason that the node gives for the failure of a call; `undefined` if it gives none. */
function failureOf(cause: BaseError): string | undefined {
  const refused = cause.walk((error) => error instanceof RpcRequestError)
  if (!(refused instanceof RpcRequestError)) return undefined
  const { data, details } = refused
  if (isHex(data) && data.length >= 10) {
    try {
      const { errorName, args = [] } = decodeErrorResult({ abi: errors, data })
      return `${errorName}(${args.join(', ')})`
    } catch {
      // The error belongs to a contract that is not ours.
      return data
    }
  }
  return details
}

const errors = Object.values(governedInterfaces)
  .flat()
  .filter(({ type }) => type === 'error')
