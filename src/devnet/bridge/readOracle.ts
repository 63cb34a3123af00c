import type { Address, Hash } from 'viem'
import { decodeFunctionResult, encodeFunctionData } from 'viem/utils'
import { z } from 'zod'
import { hex } from '../../files/hexSchemas.js'
import { rpc, rpcBatch } from '../node/rpc.js'
import { l2OutputOracleAbi } from '../optimism/L2OutputOracle.abi.generated.js'

/** Progress of the outputs on the L1. */
export interface OracleState {
  readonly count: bigint
  /** L2 block of the last output; 0 when there is none. */
  readonly latest: bigint
  /** L2 block of the next output. */
  readonly next: bigint
}

/**
 * Reads the progress of the outputs from the oracle on the L1.
 *
 * @throws Error when the L1 does not answer
 */
export async function readOracle(url: string, oracle: Address): Promise<OracleState> {
  const names = ['nextOutputIndex', 'latestBlockNumber', 'nextBlockNumber'] as const
  const calls = names.map((functionName) => {
    const data = encodeFunctionData({ abi: l2OutputOracleAbi, functionName })
    return { method: 'eth_call', params: [{ to: oracle, data }, 'latest'] }
  })
  const [count, latest, next] = z.array(hex.transform(BigInt)).parse(await rpcBatch(url, calls)) as [
    bigint,
    bigint,
    bigint,
  ]
  return { count, latest, next }
}

/** Reads the delay of proven withdrawals, in seconds of the L1's clock. */
export async function readFinalizationSeconds(url: string, oracle: Address): Promise<number> {
  const data = encodeFunctionData({ abi: l2OutputOracleAbi, functionName: 'finalizationPeriodSeconds' })
  return Number(hex.parse(await rpc(url, 'eth_call', [{ to: oracle, data }, 'latest'])))
}

/** An output of the oracle. */
export interface ProposedOutput {
  readonly root: Hash
  /** L2 block of the output. */
  readonly blockNumber: bigint
}

/** Reads an output by its index, which must be below {@link OracleState.count}. */
export async function readOutput(url: string, oracle: Address, index: bigint): Promise<ProposedOutput> {
  const functionName = 'getL2Output'
  const data = encodeFunctionData({ abi: l2OutputOracleAbi, functionName, args: [index] })
  const answer = hex.parse(await rpc(url, 'eth_call', [{ to: oracle, data }, 'latest']))
  const { outputRoot, l2BlockNumber } = decodeFunctionResult({ abi: l2OutputOracleAbi, functionName, data: answer })
  return { root: outputRoot, blockNumber: l2BlockNumber }
}
