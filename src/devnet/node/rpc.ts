import { Agent, type ClientRequest, request } from 'node:http'
import { z } from 'zod'
import { hash32 } from '../../files/hexSchemas.js'

const metadataSchema = z.object({
  chainId: z.int(),
  instanceId: hash32,
  clientVersion: z.string(),
})
const replySchema = z.object({
  id: z.int(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
})

/** The metadata of an anvil. Every start of the process draws a new `instanceId`. */
export interface AnvilMetadata {
  readonly chainId: number
  readonly instanceId: `0x${string}`
  readonly clientVersion: string
}

export interface RpcCall {
  readonly method: string
  readonly params?: readonly unknown[]
}

/** The node answered and refused the call. After any other failure it is not known whether the call was carried out. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
}

/**
 * Methods that only read, or that have the same effect when they are carried out twice. A dump is not among them, because a
 * second one takes as long as the first.
 */
const repeatable =
  /^(?:eth_(?:get(?!Filter)\w+|call|blockNumber|chainId|accounts)|txpool_\w+|anvil_(?:metadata|getAutomine|set(?:Code|Balance|StorageAt|Coinbase)|impersonateAccount))$/

/** Seconds to wait for an answer. No question takes as long; mining and dumping large chains do. */
const questionPatience = 10
const workPatience = 60

/**
 * Sends JSON-RPC calls to an anvil in one HTTP request; the results are in the order of the calls. The devnet uses this
 * function instead of viem, whose import takes longer than starting the nodes. Calls that may be carried out twice are repeated
 * when there is no answer within a second, and the first answer counts.
 *
 * @throws RpcError when the node refuses a call
 * @throws Error when nothing answers in time
 */
export async function rpcBatch(url: string, calls: readonly RpcCall[]): Promise<unknown[]> {
  const body = JSON.stringify(calls.map(({ method, params = [] }, id) => ({ jsonrpc: '2.0', id, method, params })))
  const answer = await answerOf(
    url,
    body,
    calls.every(({ method }) => repeatable.test(method)),
  )
  const replies = new Map(
    z
      .array(replySchema)
      .parse(answer)
      .map((reply) => [reply.id, reply]),
  )
  return calls.map(({ method }, id) => {
    const reply = replies.get(id)
    if (reply?.error !== undefined) throw new RpcError(`${method}: ${reply.error.message}`)
    if (reply === undefined) throw new Error(`${method}: no reply`)
    return reply.result
  })
}

function answerOf(url: string, body: string, mayRepeat: boolean): Promise<unknown> {
  const patience = mayRepeat ? questionPatience : workPatience
  const open = new Set<ClientRequest>()
  let timer: NodeJS.Timeout | undefined
  return new Promise<string>((resolve, reject) => {
    const send = (): void => {
      const sent = post(url, body, resolve, reject)
      open.add(sent.once('close', () => open.delete(sent)))
    }
    // Ticks count the seconds. A suspended process misses all but one of them, so that it reads an answer that arrived
    // meanwhile before the limit is reached.
    let seconds = 0
    timer = setInterval(() => {
      seconds++
      if (seconds > patience) reject(new Error(`no answer from ${url} within ${patience} seconds`))
      // Calls are repeated after 1, 2, 4 and 8 seconds, so that a slow node is not flooded.
      else if (mayRepeat && Number.isInteger(Math.log2(seconds))) send()
    }, 1_000)
    send()
  })
    .finally(() => {
      clearInterval(timer)
      for (const sent of open) sent.destroy()
    })
    .then((text): unknown => JSON.parse(text))
}

/** Connections are kept, because opening one costs more than most requests. */
const agent = new Agent({ keepAlive: true })

/** Sends a request with Node's HTTP client. `fetch` takes several times as much processor time, and the relayer asks often. */
function post(
  url: string,
  body: string,
  resolve: (text: string) => void,
  reject: (cause: Error) => void,
): ClientRequest {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const sent = request(url, { method: 'POST', agent, headers }, (reply) => {
    let text = ''
    reply.setEncoding('utf8')
    reply.on('data', (part: string) => {
      text += part
    })
    reply.on('end', () => resolve(text))
    reply.on('error', reject)
  })
  sent.on('error', reject)
  sent.end(body)
  return sent
}

/** One call of {@link rpcBatch}. */
export const rpc = async (url: string, method: string, params: readonly unknown[] = []): Promise<unknown> =>
  (await rpcBatch(url, [{ method, params }]))[0]

/** Reads the metadata of a node. Throws when nothing answers, or when the answer does not come from an anvil. */
export const anvilMetadata = async (url: string): Promise<AnvilMetadata> =>
  metadataSchema.parse(await rpc(url, 'anvil_metadata')) as AnvilMetadata
