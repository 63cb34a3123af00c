import type { Address, Hex } from 'viem'
import type { ReadClient } from '../../client/ChainClient.js'
import type { ContractAddressParameter } from '../../client/contractAddress.js'
import { readCall } from '../../client/readCall.js'
import { attributionLedgerAbi } from '../../contracts/AttributionLedger.abi.generated.js'

export type GetLedgerParameters = ContractAddressParameter

export interface GetLedgerReturnType {
  /** Epochs posted so far, rejected ones included. */
  readonly epochCount: number
  /** The newest final epoch, 0 before the first. */
  readonly activeEpoch: number
  /** The rewards root that claims are proven against; zero before the first final epoch. */
  readonly activeRoot: Hex
  /** How long an epoch can be challenged, in seconds. */
  readonly window: number
  /** How long validators vote on a challenged epoch after that, in seconds. */
  readonly votePeriod: number
  /** The bond for posting and for challenging. */
  readonly bondWei: bigint
  /** The part of its stake that a losing voter loses, in hundredths of a percent. */
  readonly slashBps: number
  /** The part of all stake that must vote for a valid result, in hundredths of a percent. */
  readonly quorumBps: number
  readonly operator: Address
  /** Receives half of all forfeited bonds, and all slashed stake. */
  readonly treasury: Address
}

/**
 * The present state of the ledger, and the terms of future epochs.
 *
 * @example
 * const { activeEpoch, bondWei } = await getLedger(client)
 */
export async function getLedger(
  client: ReadClient,
  { address }: GetLedgerParameters = {},
): Promise<GetLedgerReturnType> {
  const ledger = { contract: 'AttributionLedger', address, abi: attributionLedgerAbi, args: [] } as const
  const [epochCount, activeEpoch, activeRoot, terms, operator, treasury] = await Promise.all([
    readCall(client, { ...ledger, functionName: 'epochCount' }),
    readCall(client, { ...ledger, functionName: 'activeEpoch' }),
    readCall(client, { ...ledger, functionName: 'activeRoot' }),
    readCall(client, { ...ledger, functionName: 'terms' }),
    readCall(client, { ...ledger, functionName: 'operator' }),
    readCall(client, { ...ledger, functionName: 'treasury' }),
  ])
  const { window, votePeriod, bond, slashBps, quorumBps } = terms
  return {
    epochCount: Number(epochCount),
    activeEpoch: Number(activeEpoch),
    activeRoot,
    window,
    votePeriod,
    bondWei: bond,
    slashBps,
    quorumBps,
    operator,
    treasury,
  }
}
