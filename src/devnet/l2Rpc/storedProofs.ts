import { z } from 'zod'
import { hex } from '../../files/hexSchemas.js'
import type { ProofStore } from '../bridge/ProofStore.js'
import { messagePasserAddress } from '../bridge/predeploys.js'
import { rpc } from '../node/rpc.js'
import type { Intercept } from './Intercept.js'
import { postBody } from './postBody.js'
import { idOf } from './rpcFailure.js'

const requestSchema = z.object({
  method: z.literal('eth_getProof'),
  params: z.tuple([z.string(), z.array(hex), z.union([z.string(), z.object({ blockNumber: z.string() })])]),
})
const answerSchema = z.looseObject({ id: z.unknown(), error: z.unknown().optional() })

/**
 * Answers requests for proofs of withdrawals that the node can no longer answer, because a restarted node has forgotten the
 * states of older blocks. The node is asked first. If it refuses, the answer comes from the proofs that were stored when the
 * output of the block was proposed. The node answers all other bodies.
 */
export const storedProofs =
  (proofs: ProofStore): Intercept =>
  (upstream, body) => {
    if (!body.includes('eth_getProof')) return undefined
    const requests = parseRequests(body)
    return requests?.some(isForWithdrawals) ? ask(upstream, body, requests, proofs) : undefined
  }

async function ask(upstream: string, body: Buffer, requests: readonly unknown[], proofs: ProofStore): Promise<string> {
  const text = await postBody(upstream, body)
  const parsed: unknown = JSON.parse(text)
  const answers = z.array(answerSchema).parse(Array.isArray(parsed) ? parsed : [parsed])
  if (answers.every(({ error }) => error === undefined)) return text
  const fixed = await Promise.all(
    answers.map(async (answer) => {
      if (answer.error === undefined) return answer
      const asked = requests.find((request) => idOf(request) === answer.id)
      const result = await storedProof(upstream, asked, proofs)
      return result === undefined ? answer : { jsonrpc: '2.0', id: answer.id, result }
    }),
  )
  return JSON.stringify(Array.isArray(parsed) ? fixed : fixed[0])
}

async function storedProof(upstream: string, request: unknown, proofs: ProofStore): Promise<unknown> {
  if (!isForWithdrawals(request)) return undefined
  const [, slots, at] = requestSchema.parse(request).params
  const number = typeof at === 'string' ? at : at.blockNumber
  const block = await rpc(upstream, 'eth_getBlockByNumber', [number, false])
  const found = z.object({ hash: hex }).nullable().parse(block)
  return found === null ? undefined : proofs.proof(found.hash, slots)
}

function isForWithdrawals(request: unknown): boolean {
  const parsed = requestSchema.safeParse(request)
  return parsed.success && parsed.data.params[0].toLowerCase() === messagePasserAddress.toLowerCase()
}

function parseRequests(body: Buffer): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    return Array.isArray(parsed) ? parsed : [parsed]
  } catch {
    return undefined
  }
}
