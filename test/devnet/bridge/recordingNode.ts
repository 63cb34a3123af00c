import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Hex, keccak256 } from 'viem'

type Interval = readonly [start: number, end: number]

/** What went to a node, and when. */
export interface RecordingNode {
  readonly url: string
  /** From each request to mine until its answer. */
  readonly mines: readonly Interval[]
  /** From the sending of each deposit until somebody was told that it is in a block. */
  readonly deposits: readonly Interval[]
  close(): Promise<void>
}

interface Call {
  readonly id: unknown
  readonly method: string
  readonly params: readonly unknown[]
}

/** Stands before a node and notes what is asked of it. */
export async function recordNode(upstream: string): Promise<RecordingNode> {
  const mines: Interval[] = []
  const deposits: Interval[] = []
  const sent = new Map<string, number>()
  const server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part)
    const body = Buffer.concat(parts)
    // Nobody gets a WebSocket here: the relayer does without.
    if (body.length === 0) {
      outgoing.writeHead(404).end()
      return
    }
    const calls: Call[] = [JSON.parse(body.toString())].flat()
    const start = performance.now()
    for (const { method, params } of calls) {
      const raw = String(params?.[0])
      if (method === 'eth_sendRawTransaction' && raw.startsWith('0x7e')) sent.set(keccak256(raw as Hex), start)
    }
    const headers = { 'content-type': 'application/json' }
    const text = await (await fetch(upstream, { method: 'POST', headers, body })).text()
    const end = performance.now()
    if (calls.some(({ method }) => method.includes('_mine'))) mines.push([start, end])
    const answers: { id: unknown; result?: unknown }[] = [JSON.parse(text)].flat()
    for (const { id, method, params } of calls) {
      const began = sent.get(String(params?.[0]))
      const mined = answers.some((answer) => answer.id === id && answer.result != null)
      if (method !== 'eth_getTransactionReceipt' || began === undefined || !mined) continue
      deposits.push([began, end])
      sent.delete(String(params[0]))
    }
    outgoing.writeHead(200, headers).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mines,
    deposits,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** How many of the one meet one of the other. */
export const meetings = (ones: readonly Interval[], others: readonly Interval[]): number =>
  ones.filter(([start, end]) => others.some(([begin, finish]) => start < finish && begin < end)).length
