import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import WebSocket, { type RawData, WebSocketServer } from 'ws'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { checkBody } from './checkBody.js'
import { failAll, rpcCodes } from './rpcFailure.js'

export interface WebSocketRelay {
  /** Closes every connection with a code that lets clients connect again. */
  disconnect(): void
}

export interface WebSocketRelayOptions {
  readonly layer: 'L1' | 'L2'
  /** Returns the HTTP address of the node; called for each connection. */
  readonly upstream: () => string
  /** Largest message in bytes. */
  readonly limit: number
  /** Answers a message instead of the node; `undefined` when the node must answer it. */
  readonly intercept: (body: Buffer) => Promise<string> | undefined
}

/** Bytes that may wait for a slow reader before the sender is paused. */
const highWater = 4 * 1024 * 1024

const farewellMilliseconds = 500

/** Close codes of RFC 6455: the endpoint goes away, or failed. */
const goingAway = 1001
const internalError = 1011

/**
 * Accepts WebSocket connections at an HTTP server and opens a connection to the node for each. Messages pass unchanged in
 * both directions; refused messages are answered with an error.
 */
export function relayWebSockets(server: Server, options: WebSocketRelayOptions): WebSocketRelay {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.limit, perMessageDeflate: false })
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.handleUpgrade(incoming, socket, head, (client) => connect(client, options))
  })
  return {
    disconnect() {
      for (const client of sockets.clients) {
        client.close(goingAway)
        // A client that does not answer the close frame must not keep the server open.
        setTimeout(() => client.terminate(), farewellMilliseconds).unref()
      }
    },
  }
}

function connect(client: WebSocket, { layer, upstream, limit, intercept }: WebSocketRelayOptions): void {
  const node = new WebSocket(upstream().replace(/^http/, 'ws'), { perMessageDeflate: false, maxPayload: 2 ** 31 - 1 })
  /** Messages that arrived before the node accepted the connection. */
  let waiting: [Buffer, boolean][] | undefined = []
  let waitingBytes = 0
  /** Why there is no connection to the node. */
  let fault: string | undefined

  client.on('message', (data: RawData, isBinary: boolean) => {
    const body = toBuffer(data)
    const refusal = checkBody(body, layer)
    if (refusal !== undefined) return client.send(JSON.stringify(refusal))
    const answer = intercept(body)
    if (answer !== undefined) {
      answer.then(
        (text) => text !== '' && client.send(text),
        (cause) => fail(client, layer, body, reasonOf(cause)),
      )
      return
    }
    if (fault !== undefined) return fail(client, layer, body, fault)
    if (waiting === undefined) return pass(client, node, body, isBinary)
    waiting.push([body, isBinary])
    waitingBytes += body.length
    if (waitingBytes > limit) client.close(internalError, 'too much was sent before the node answered')
  })
  node.on('open', () => {
    for (const [body, isBinary] of waiting ?? []) pass(client, node, body, isBinary)
    waiting = undefined
  })
  node.on('message', (data: RawData, isBinary: boolean) => pass(node, client, toBuffer(data), isBinary))
  node.on('error', (cause) => {
    fault = reasonOf(cause)
    for (const [body] of waiting ?? []) fail(client, layer, body, fault)
    waiting = undefined
    // A client that is about to send its first request gets the reason before the connection closes.
    setTimeout(
      () => client.close(internalError, `the node of the ${layer} does not answer`),
      farewellMilliseconds,
    ).unref()
  })
  node.on('close', () => fault ?? client.close(goingAway))
  client.on('error', () => client.terminate())
  client.on('close', () => node.terminate())
}

/** Sends a message on, and pauses the sender while the receiver has too much to read. */
function pass(from: WebSocket, to: WebSocket, body: Buffer, binary: boolean): void {
  if (to.readyState !== WebSocket.OPEN) return
  to.send(body, { binary }, () => {
    if (from.isPaused && to.bufferedAmount < highWater / 2) from.resume()
  })
  if (to.bufferedAmount > highWater) from.pause()
}

function fail(client: WebSocket, layer: 'L1' | 'L2', body: Buffer, reason: string): void {
  if (client.readyState !== WebSocket.OPEN) return
  client.send(JSON.stringify(failAll(body, rpcCodes.internalError, new OpenLedgerError('OL1722', { layer, reason }))))
}

const toBuffer = (data: RawData): Buffer =>
  Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
