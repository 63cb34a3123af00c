import type { Address, Hex } from 'viem'
import { attributionLedgerAbi } from '../contracts/AttributionLedger.generated.js'
import type { ReadClient } from '../createChainClient.js'
import { readCall } from '../readCall.js'

export interface GetLedgerParameters {
  /** The AttributionLedger. */
  readonly address: Address
}

export interface GetLedgerReturnType {
  /** Epochs posted so far, rejected ones included. */
  readonly epochCount: number
  /** The newest final epoch, 0 before the first. */
  readonly activeEpoch: number
  /** The rewards root that claims are proven against; zero before the first final epoch. */
  readonly activeRoot: Hex
  /** How long an epoch can be challenged, in seconds. */
  readonly window: number
  /** What posting or challenging puts at stake. */
  readonly bondWei: bigint
  readonly operator: Address
}

/**
 * Where the ledger stands, and its terms.
 *
 * @example
 * const { activeEpoch, bondWei } = await getLedger(client, { address })
 */
export async function getLedger(client: ReadClient, { address }: GetLedgerParameters): Promise<GetLedgerReturnType> {
  const ledger = { contract: 'AttributionLedger', address, abi: attributionLedgerAbi, args: [] } as const
  const [epochCount, activeEpoch, activeRoot, window, bondWei, operator] = await Promise.all([
    readCall(client, { ...ledger, functionName: 'epochCount' }),
    readCall(client, { ...ledger, functionName: 'activeEpoch' }),
    readCall(client, { ...ledger, functionName: 'activeRoot' }),
    readCall(client, { ...ledger, functionName: 'window' }),
    readCall(client, { ...ledger, functionName: 'bond' }),
    readCall(client, { ...ledger, functionName: 'operator' }),
  ])
  return {
    epochCount: Number(epochCount),
    activeEpoch: Number(activeEpoch),
    activeRoot,
    window: Number(window),
    bondWei,
    operator,
  }
}
