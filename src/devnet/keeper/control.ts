import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import type { DevnetState } from '../state/devnetState.js'
import { carriedError, carriedErrorSchema, errorFrom } from './carriedError.js'

/** The key is `order` so that programs of earlier versions and their devnets understand each other. */
const requestSchema = z.discriminatedUnion('order', [
  z.strictObject({ order: z.literal('stop') }),
  z.strictObject({ order: z.literal('status') }),
  z.strictObject({ order: z.literal('save'), name: z.string() }),
  z.strictObject({ order: z.literal('restore'), name: z.string() }),
  z.strictObject({ order: z.literal('reset') }),
])

/** A request to the process that keeps a devnet. */
export type ControlRequest = z.infer<typeof requestSchema>

/**
 * Where a keeper takes requests: JSON over HTTP on the loopback address. A request bears a token that only the devnet's
 * state file holds.
 */
export interface Control {
  readonly url: string
  readonly token: string
  /** Accepts no more requests, but still answers those that have arrived. */
  close(): void
}

/** Answers each request with the result of `handle`, or with the numbered error that it throws. */
export async function serveControl(handle: (request: ControlRequest) => Promise<unknown>): Promise<Control> {
  const token = randomBytes(24).toString('hex')
  const server = createServer(async (request, response) => {
    const end = (status: number, body: unknown): void => {
      // One request a connection, so that closing the server need not wait for idle connections.
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
      response.end(JSON.stringify(body))
    }
    if (!isAuthorized(request, token)) return end(403, { error: { message: 'the token is wrong' } })
    try {
      const data = await handle(requestSchema.parse(JSON.parse(await bodyOf(request))))
      end(200, { data: data ?? null })
    } catch (error) {
      end(200, { error: carriedError(error) })
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // The server alone does not keep the process alive.
  server.unref()
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, token, close: () => server.close() }
}

function isAuthorized({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) {
    text += part
    if (text.length > 10_000) throw new Error('the request is larger than 10 kB')
  }
  return text
}

const replySchema = z.union([z.object({ data: z.unknown() }).strict(), z.object({ error: carriedErrorSchema })])

/**
 * Sends a request to the keeper of a devnet and returns its answer.
 *
 * @throws OL1754 when the keeper does not answer in time or fails unexpectedly; otherwise the error that it answers with
 */
export async function askKeeper(
  { control, supervisor: keeper }: Pick<DevnetState, 'control' | 'supervisor'>,
  request: ControlRequest,
  patience = 120_000,
): Promise<unknown> {
  const failed = (reason: string, cause?: unknown): OpenLedgerError =>
    new OpenLedgerError('OL1754', { order: request.order, pid: keeper.pid, reason }, { cause })
  let reply: z.infer<typeof replySchema>
  try {
    const response = await fetch(control.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${control.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(patience),
    })
    reply = replySchema.parse(await response.json())
  } catch (cause) {
    throw failed(reasonOf(cause), cause)
  }
  if (!('error' in reply)) return reply.data
  throw errorFrom(reply.error) ?? failed(reply.error.message)
}
