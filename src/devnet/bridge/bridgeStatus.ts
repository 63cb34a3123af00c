import { readContract } from 'viem/actions'
import { createChainClient } from '../../chain/client/createChainClient.js'
import { toChainRequest } from '../../chain/client/toChainError.js'
import { openAbi } from '../../chain/contracts/Open.abi.generated.js'
import { rpcBatch } from '../node/rpc.js'
import { l2OutputOracleAbi } from '../optimism/L2OutputOracle.abi.generated.js'
import { optimismPortalAbi } from '../optimism/OptimismPortal.abi.generated.js'
import { devnetNetworks } from '../state/devnetNetworks.js'
import type { DevnetState } from '../state/devnetState.js'
import { l1BlockAddress } from './predeploys.js'

/** The state of the bridge between the two layers. */
export interface BridgeStatus {
  /** Wei of OPEN that the portal holds, and that it counts as circulating on the L2. They differ only by gifts to the portal. */
  readonly lockedWei: bigint
  readonly circulatingWei: bigint
  /** Newest block of the L1, and the newest one that the L2 has derived. */
  readonly l1Block: bigint
  readonly derivedBlock: bigint
  /** Newest block of the L2, and the newest one whose output is on the L1. */
  readonly l2Block: bigint
  readonly proposedBlock: bigint
  /** Delay of proven withdrawals. */
  readonly finalizationSeconds: bigint
}

/** Reads the state of the bridge from both layers. */
export async function bridgeStatus(devnet: DevnetState): Promise<BridgeStatus> {
  const { Open, OptimismPortal, L2OutputOracle } = devnet.addresses
  const client = createChainClient({ network: devnetNetworks(devnet).l1 })
  const oracle = { address: L2OutputOracle, abi: l2OutputOracleAbi } as const
  const portal = { address: OptimismPortal, abi: optimismPortalAbi } as const
  const slot = { method: 'eth_getStorageAt', params: [l1BlockAddress, '0x0', 'latest'] }
  const head = { method: 'eth_blockNumber' }
  return toChainRequest(client, 'the state of the bridge', async () => {
    const [lockedWei, circulatingWei, proposedBlock, finalizationSeconds, [l1Block], [l2Block, origin]] =
      await Promise.all([
        readContract(client, { address: Open, abi: openAbi, functionName: 'balanceOf', args: [OptimismPortal] }),
        readContract(client, { ...portal, functionName: 'balance' }),
        readContract(client, { ...oracle, functionName: 'latestBlockNumber' }),
        readContract(client, { ...oracle, functionName: 'finalizationPeriodSeconds' }),
        rpcBatch(devnet.l1.rpcUrl, [head]),
        rpcBatch(devnet.l2.rpcUrl, [head, slot]),
      ])
    return {
      lockedWei,
      circulatingWei,
      l1Block: BigInt(String(l1Block)),
      // The low half of the first slot is the number.
      derivedBlock: BigInt.asUintN(64, BigInt(String(origin))),
      l2Block: BigInt(String(l2Block)),
      proposedBlock,
      finalizationSeconds,
    }
  })
}
