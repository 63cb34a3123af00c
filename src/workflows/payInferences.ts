import { randomBytes } from 'node:crypto'
import type { Attribution } from '../attribution/attribute.js'
import { getPayment } from '../chain/actions/getPayment.js'
import { payInference } from '../chain/actions/payInference.js'
import { quoteInference } from '../chain/actions/quoteInference.js'
import type { PlannedTransaction } from '../chain/describeTransaction.js'
import type { WorkspacePaths } from '../config/workspacePaths.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hashJson, keccak256 } from '../files/canonicalJson.js'
import { inferenceIdOf } from '../rewards/receipts.js'
import { type Inference, noteBatch, promptHash, readBatches } from './inferences.js'
import type { Chain } from './openChain.js'

export interface PaidInference {
  readonly inference: Inference
  readonly feeWei: bigint
  /** The part of the fee that is the contributors'. */
  readonly poolWei: bigint
}

export interface PreparePaymentsParameters {
  readonly paths: WorkspacePaths
  readonly modelId: `0x${string}`
  readonly attributions: readonly Attribution[]
  readonly scorer: string
}

/** What is to be paid, and what an interrupted run has paid of it. Nothing is sent or written yet. */
export interface PreparedPayments {
  readonly paths: WorkspacePaths
  readonly payments: readonly {
    readonly inference: Inference
    /** The escrow's price; never is more paid than this. */
    readonly quoteWei: bigint
    readonly earlier: PaidInference | undefined
  }[]
  /** What is left to pay. */
  readonly feeWei: bigint
  /** Whether an earlier run noted these inferences and did not get to pay them all. */
  readonly resumed: boolean
}

/**
 * Finds out what attributed answers cost. Where an earlier run was stopped while it paid for the very same answers, this
 * goes on with its inferences, so that none is paid twice.
 *
 * @throws OL1624 when nobody is chosen to pay
 * @throws OL1820 when somebody with a share has no address to be paid at
 */
export async function preparePayments(
  chain: Chain,
  { paths, modelId, attributions, scorer }: PreparePaymentsParameters,
): Promise<PreparedPayments> {
  const payer = chain.as('user').account.address.toLowerCase()
  const described = attributions.map((attribution) => describe(attribution, modelId, payer, scorer))
  const unfinished = await unfinishedBatch(paths, chain, described)
  const nonce = randomBytes(16).toString('hex')
  // The position keeps two equal questions of one file apart.
  const batch = unfinished ?? described.map((each, i) => named(each, `${nonce}-${i}`))
  const payments = await Promise.all(
    batch.map(async (inference) => ({
      inference,
      quoteWei: await quoteOf(chain, inference),
      earlier: await paymentOf(chain, inference),
    })),
  )
  const feeWei = payments.reduce((sum, { quoteWei, earlier }) => sum + (earlier === undefined ? quoteWei : 0n), 0n)
  return { paths, payments, feeWei, resumed: unfinished !== undefined }
}

/**
 * Pays prepared fees into the escrow, as the user. The inferences are noted in the workspace before the first
 * payment: if the process dies in between, the same command goes on, and `rewards post` finds out what the chain has.
 *
 * @throws OL1603 when a price has changed since it was quoted
 * @throws OL1607 when the user has too few OPEN
 */
export async function payInferences(
  chain: Chain,
  { paths, payments, resumed }: PreparedPayments,
): Promise<PaidInference[]> {
  const client = chain.as('user')
  const address = chain.address('InferenceEscrow')
  const batch = payments.map(({ inference }) => inference)
  if (!resumed) await noteBatch(paths, batch)
  const paid: PaidInference[] = []
  for (const { inference, quoteWei, earlier } of payments) {
    if (earlier !== undefined) paid.push(earlier)
    else {
      const { feeWei, poolWei } = await payInference(client, { address, ...callOf(inference), feeWei: quoteWei })
      paid.push({ inference, feeWei, poolWei })
    }
  }
  return paid
}

/** The transactions that would pay prepared fees, each checked by itself; nothing is noted. */
export async function planPayments(chain: Chain, { payments }: PreparedPayments): Promise<PlannedTransaction[]> {
  const address = chain.address('InferenceEscrow')
  const planned: PlannedTransaction[] = []
  for (const { inference, quoteWei, earlier } of payments) {
    if (earlier !== undefined) continue
    const parameters = { address, ...callOf(inference), feeWei: quoteWei }
    const transaction = await chain.plan('user', (client) => payInference(client, parameters))
    if (transaction !== undefined) planned.push(transaction)
  }
  return planned
}

const callOf = ({ modelId, inferenceId, inputTokens, outputTokens }: Inference) => ({
  modelId: modelId as `0x${string}`,
  inferenceId: inferenceId as `0x${string}`,
  inputTokens,
  outputTokens,
})

type Described = Omit<Inference, 'nonce' | 'inferenceId'>

function describe(attribution: Attribution, modelId: string, payer: string, scorer: string): Described {
  const { question, answer, influence, inputTokens, outputTokens } = attribution
  const { prompt } = question
  return {
    modelId: modelId.toLowerCase(),
    promptHash: promptHash(attribution),
    answerHash: keccak256(answer),
    payer,
    prompt: typeof prompt === 'string' ? prompt : JSON.stringify(prompt),
    answer,
    inputTokens,
    outputTokens,
    scorer,
    shares: influence
      .filter(({ share }) => share > 0)
      .map(({ id, contributor, share, line }) => {
        if (!/^0x[0-9a-fA-F]{40}$/.test(contributor ?? ''))
          throw new OpenLedgerError('OL1820', { line, contributor: contributor ?? 'nobody' })
        return { recordId: id.toLowerCase(), contributor: (contributor as string).toLowerCase(), share }
      }),
  }
}

const named = (described: Described, nonce: string): Inference => ({
  ...described,
  nonce,
  inferenceId: inferenceIdOf({ ...described, nonce }),
})

/** The batch of an earlier run that noted just these answers and did not pay them all, if there is one. */
async function unfinishedBatch(
  paths: WorkspacePaths,
  chain: Chain,
  described: readonly Described[],
): Promise<Inference[] | undefined> {
  const wanted = hashJson(described)
  for (const batch of await readBatches(paths)) {
    if (hashJson(batch.map(({ nonce: _, inferenceId: __, ...rest }) => rest)) !== wanted) continue
    const payments = await Promise.all(batch.map((inference) => paymentOf(chain, inference)))
    if (payments.includes(undefined)) return batch
  }
  return undefined
}

async function paymentOf(chain: Chain, inference: Inference): Promise<PaidInference | undefined> {
  const address = chain.address('InferenceEscrow')
  const inferenceId = inference.inferenceId as `0x${string}`
  const payment = await getPayment(chain.client, { address, inferenceId })
  return payment && { inference, feeWei: payment.feeWei, poolWei: payment.poolWei }
}

const quoteOf = (chain: Chain, { modelId, inputTokens, outputTokens }: Inference): Promise<bigint> =>
  quoteInference(chain.client, {
    address: chain.address('InferenceEscrow'),
    modelId: modelId as `0x${string}`,
    inputTokens,
    outputTokens,
  })
