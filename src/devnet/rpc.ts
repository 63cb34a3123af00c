import { z } from 'zod'

const metadataSchema = z.object({
  chainId: z.int(),
  instanceId: z.string().regex(/^0x[0-9a-f]{64}$/),
  clientVersion: z.string(),
})
const replySchema = z.object({
  id: z.int(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
})

/** What an anvil says of itself. `instanceId` is drawn anew at every start of the process. */
export interface AnvilMetadata {
  readonly chainId: number
  readonly instanceId: `0x${string}`
  readonly clientVersion: string
}

export interface RpcCall {
  readonly method: string
  readonly params?: readonly unknown[]
}

/** The node answered, and refused the call. Any other failure leaves open whether it was carried out. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
}

/**
 * Sends JSON-RPC calls to an anvil in one HTTP request; the results are in the order of the calls. Used where viem is not
 * needed: importing it takes longer than starting the nodes.
 *
 * @throws RpcError when the node refuses a call
 * @throws Error when nothing answers in time
 */
export async function rpcBatch(url: string, calls: readonly RpcCall[]): Promise<unknown[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls.map(({ method, params = [] }, id) => ({ jsonrpc: '2.0', id, method, params }))),
    signal: AbortSignal.timeout(10_000),
  })
  const replies = new Map(
    z
      .array(replySchema)
      .parse(await response.json())
      .map((reply) => [reply.id, reply]),
  )
  return calls.map(({ method }, id) => {
    const reply = replies.get(id)
    if (reply?.error !== undefined) throw new RpcError(`${method}: ${reply.error.message}`)
    if (reply === undefined) throw new Error(`${method}: no reply`)
    return reply.result
  })
}

/** One call of {@link rpcBatch}. */
export const rpc = async (url: string, method: string, params: readonly unknown[] = []): Promise<unknown> =>
  (await rpcBatch(url, [{ method, params }]))[0]

/** Asks a node who it is. Throws when nothing answers, or when what answers is not an anvil. */
export const anvilMetadata = async (url: string): Promise<AnvilMetadata> =>
  metadataSchema.parse(await rpc(url, 'anvil_metadata')) as AnvilMetadata
