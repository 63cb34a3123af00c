import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { systemCode } from '../../files/systemCode.js'
import { checkBody } from './checkBody.js'
import type { Intercept } from './Intercept.js'
import { relayWebSockets } from './relayWebSockets.js'
import { failAll, rpcCodes } from './rpcFailure.js'

export interface PublicRpcOptions {
  readonly layer: 'L1' | 'L2'
  /** HTTP address of the layer's node, which clients do not know. */
  readonly upstreamUrl: string
  /** Port; 0 for any free one. */
  readonly port: number
  readonly host?: string
  /** The first intercept that answers wins. Refused bodies reach none of them. */
  readonly intercepts?: readonly Intercept[]
  /** Called before a body that may change the chain or the node is passed on. */
  readonly onChange?: () => void
}

/** The public RPC of a layer. */
export interface PublicRpc {
  readonly url: string
  /** Continues with another node. WebSocket clients have to connect again. */
  retarget(upstreamUrl: string): void
  close(): Promise<void>
}

/** Largest request in bytes. */
const bodyLimit = 32 * 1024 * 1024

/** Whether a request may change something: it sends a transaction or uses one of the node's own methods. */
const mayChange = (body: Buffer): boolean =>
  ['_send', 'evm_', 'anvil_', 'hardhat_', '\\'].some((word) => body.includes(word))

/**
 * Serves the public RPC of a layer, HTTP and WebSocket, at one port. Requests and answers pass unchanged. The exceptions are
 * requests that would replace the chain, see `destructionOf`, and on the L2 those that would run a deposit transaction, see
 * `refusalOf`. Only the relayer sends deposits, directly to the node.
 *
 * @throws OL1701 when the port is taken, OL1765 when it cannot be used
 */
export async function servePublicRpc(options: PublicRpcOptions): Promise<PublicRpc> {
  const { layer, upstreamUrl, port, host = '127.0.0.1', intercepts = [], onChange = () => undefined } = options
  // Connections to the node are kept, because opening one costs more than most requests.
  const agent = new Agent({ keepAlive: true, scheduling: 'lifo' })
  let upstream = upstreamUrl
  const intercept = (body: Buffer): Promise<string> | undefined => {
    if (mayChange(body)) onChange()
    for (const each of intercepts) {
      const answer = each(upstream, body)
      if (answer !== undefined) return answer
    }
    return undefined
  }
  const server = createServer({ keepAliveTimeout: 120_000 }, (incoming, outgoing) => {
    readBody(incoming, bodyLimit, (body) => {
      if (body === undefined) return refuseSize(outgoing, layer)
      const refusal = checkBody(body, layer)
      if (refusal !== undefined) return answer(outgoing, 200, JSON.stringify(refusal))
      const stored = intercept(body)
      if (stored === undefined) return forward({ layer, agent, upstream, incoming, body, outgoing })
      stored.then(
        (text) => answer(outgoing, 200, text),
        (cause) => refuseDead(outgoing, layer, body, cause),
      )
    })
  })
  const sockets = relayWebSockets(server, { layer, upstream: () => upstream, limit: bodyLimit, intercept })
  await listen(server, layer, port, host)
  server.unref()
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    retarget(url) {
      upstream = url
      sockets.disconnect()
    },
    async close() {
      sockets.disconnect()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      agent.destroy()
    },
  }
}

interface Exchange {
  readonly layer: 'L1' | 'L2'
  readonly agent: Agent
  readonly upstream: string
  readonly incoming: IncomingMessage
  readonly body: Buffer
  readonly outgoing: ServerResponse
}

function forward({ layer, agent, upstream, incoming, body, outgoing }: Exchange): void {
  const { method = 'POST', headers, url = '/' } = incoming
  // Only the body of a POST was checked. Other methods pass without a body.
  const content = method === 'POST' ? body : Buffer.alloc(0)
  const { hostname, port } = new URL(upstream)
  const sent = request({
    agent,
    hostname,
    port,
    method,
    path: url,
    headers: { ...endToEnd(headers), 'content-length': content.length },
  })
  sent.on('socket', tolerate)
  sent.on('response', (reply) => {
    outgoing.writeHead(reply.statusCode ?? 502, endToEnd(reply.headers))
    reply.pipe(outgoing)
    reply.on('error', () => outgoing.destroy())
  })
  sent.on('error', (cause) => refuseDead(outgoing, layer, body, cause))
  outgoing.on('close', () => {
    // If the client has gone, nobody waits for the node's answer.
    if (!outgoing.writableFinished) sent.destroy()
  })
  sent.end(content)
}

/**
 * Ignores errors of a socket. A node that answers before it has read everything closes the connection. By then Node has
 * removed its own listeners, and an error without a listener would end the process.
 */
function tolerate(socket: Socket): void {
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore)
}

const ignore = (): void => undefined

/** Headers that belong to the message and not to one connection. */
function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const {
    connection,
    'keep-alive': _,
    'transfer-encoding': __,
    upgrade: ___,
    host: ____,
    expect: _____,
    ...rest
  } = headers
  for (const name of connection?.split(',') ?? []) delete rest[name.trim().toLowerCase()]
  return rest
}

function answer(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
  outgoing.end(text)
}

function refuseDead(outgoing: ServerResponse, layer: 'L1' | 'L2', body: Buffer, cause: unknown): void {
  // If half an answer is already sent, the client sees that it breaks off.
  if (outgoing.headersSent || outgoing.destroyed) outgoing.destroy()
  else {
    const error = new OpenLedgerError('OL1722', { layer, reason: reasonOf(cause) })
    answer(outgoing, 502, JSON.stringify(failAll(body, rpcCodes.internalError, error)))
  }
}

function refuseSize(outgoing: ServerResponse, layer: 'L1' | 'L2'): void {
  const error = new OpenLedgerError('OL1723', { layer, limit: bodyLimit })
  outgoing.setHeader('connection', 'close')
  answer(outgoing, 413, JSON.stringify(failAll(Buffer.alloc(0), rpcCodes.internalError, error)))
}

/** Calls back with the body, or with `undefined` as soon as it exceeds the limit; not at all when the client breaks off. */
function readBody(incoming: IncomingMessage, limitBytes: number, callback: (body: Buffer | undefined) => void): void {
  const parts: Buffer[] = []
  let size = 0
  incoming.on('data', (part: Buffer) => {
    size += part.length
    if (size <= limitBytes) parts.push(part)
    else if (size - part.length <= limitBytes) callback(undefined)
  })
  incoming.on('end', () => {
    if (size > limitBytes) return
    callback(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts))
  })
}

const listen = (server: Server, layer: 'L1' | 'L2', port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const taken = systemCode(cause) === 'EADDRINUSE'
      const details = { layer, port, reason: reasonOf(cause) }
      reject(new OpenLedgerError(taken ? 'OL1701' : 'OL1765', details, { cause }))
    })
    server.listen(port, host, resolve)
  })
