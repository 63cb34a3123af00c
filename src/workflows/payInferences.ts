import { randomBytes } from 'node:crypto'
import type { Attribution } from '../attribution/attribute.js'
import { getPayment } from '../chain/actions/getPayment.js'
import { payInference } from '../chain/actions/payInference.js'
import { quoteInference } from '../chain/actions/quoteInference.js'
import type { WorkspacePaths } from '../config/workspacePaths.js'
import { keccak256 } from '../files/canonicalJson.js'
import { inferenceIdOf } from '../rewards/receipts.js'
import { type Inference, noteInferences, promptHash } from './inferences.js'
import type { Chain } from './openChain.js'

export interface PaidInference {
  readonly inference: Inference
  readonly feeWei: bigint
  /** The part of the fee that is the contributors'. */
  readonly poolWei: bigint
}

export interface PayInferencesParameters {
  readonly paths: WorkspacePaths
  readonly modelId: `0x${string}`
  readonly attributions: readonly Attribution[]
  readonly scorer: string
}

/**
 * Pays the fees of attributed answers into the escrow, as the devnet's user. Each inference is noted in the workspace
 * before its payment: if the process dies between the two, `rewards post` finds out what the chain has.
 *
 * @throws OL1607 when the user has too few OPEN
 */
export async function payInferences(
  chain: Chain,
  { paths, modelId, attributions, scorer }: PayInferencesParameters,
): Promise<PaidInference[]> {
  const client = chain.as('user')
  const payer = client.account.address.toLowerCase()
  const inferences = attributions.map((attribution): Inference => {
    const named = {
      modelId: modelId.toLowerCase(),
      promptHash: promptHash(attribution),
      answerHash: keccak256(attribution.answer),
      payer,
      nonce: randomBytes(16).toString('hex'),
    }
    const { prompt } = attribution.question
    return {
      ...named,
      inferenceId: inferenceIdOf(named),
      prompt: typeof prompt === 'string' ? prompt : JSON.stringify(prompt),
      answer: attribution.answer,
      inputTokens: attribution.inputTokens,
      outputTokens: attribution.outputTokens,
      scorer,
      shares: attribution.influence
        .filter(({ share }) => share > 0)
        .map(({ id, contributor, share }) => ({
          recordId: id.toLowerCase(),
          contributor: (contributor ?? '').toLowerCase(),
          share,
        })),
    }
  })
  await noteInferences(paths, inferences)
  const paid: PaidInference[] = []
  for (const inference of inferences) paid.push(await pay(chain, inference))
  return paid
}

/** What the fees of answers would be, in wei. Sends nothing. */
export async function quoteInferences(
  chain: Chain,
  modelId: `0x${string}`,
  attributions: readonly Pick<Attribution, 'inputTokens' | 'outputTokens'>[],
): Promise<bigint> {
  const address = chain.address('InferenceEscrow')
  const fees = attributions.map(({ inputTokens, outputTokens }) =>
    quoteInference(chain.client, { address, modelId, inputTokens, outputTokens }),
  )
  return (await Promise.all(fees)).reduce((sum, fee) => sum + fee, 0n)
}

async function pay(chain: Chain, inference: Inference): Promise<PaidInference> {
  const address = chain.address('InferenceEscrow')
  const { inputTokens, outputTokens } = inference
  const modelId = inference.modelId as `0x${string}`
  const inferenceId = inference.inferenceId as `0x${string}`
  const earlier = await getPayment(chain.client, { address, inferenceId })
  if (earlier !== undefined) return { inference, feeWei: earlier.feeWei, poolWei: earlier.poolWei }
  const feeWei = await quoteInference(chain.client, { address, modelId, inputTokens, outputTokens })
  const sent = await payInference(chain.as('user'), {
    address,
    modelId,
    inferenceId,
    inputTokens,
    outputTokens,
    feeWei,
  })
  return { inference, feeWei: sent.feeWei, poolWei: sent.poolWei }
}
