import { randomBytes } from 'node:crypto'
import type { Attribution } from '../../attribution/report/Attribution.js'
import { defaultMinimumShare } from '../../attribution/shares/defaults.js'
import { checksumAddress } from '../../config/address.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hashJson, keccak256 } from '../../files/canonicalJson.js'
import { type Hex, lowerHex } from '../../files/hex.js'
import { parseFields } from '../../rewards/fields.js'
import { type InferencePayment, inferenceIdOf } from '../../rewards/receipts.js'
import type { Connection } from '../network/openConnection.js'
import { singlePayment } from './inferencePayments.js'
import { type NotedInference, promptHash, readBatches, shareSchema } from './inferences.js'
import { readVouchers } from './vouchers.js'

export interface AttributedAnswers {
  readonly paths: WorkspacePaths
  readonly modelId: `0x${string}`
  readonly attributions: readonly Attribution[]
  readonly scorer: string
  /** Settings of the attribution; undefined for the defaults. */
  readonly damping?: number | undefined
  readonly minimumShare?: number | undefined
}

/** An inference of a batch, and whether its payment is done. */
export interface BatchedInference {
  readonly inference: NotedInference
  /** What it was paid with by itself. */
  readonly payment: InferencePayment | undefined
  /** Whether a voucher that this workspace signed pays for it. */
  readonly signed: boolean
}

export interface Batch {
  readonly inferences: readonly BatchedInference[]
  /** Whether an earlier run noted these inferences and did not get to pay them all. */
  readonly resumed: boolean
}

/**
 * The inferences that answers are paid as. Where an earlier run was stopped while it paid for the very same answers they are
 * that run's, so that none is paid twice.
 *
 * @throws OL1624 when nobody is chosen to pay
 * @throws OL1820 when somebody with a share has no address to be paid at, OL1800 when a record's id is no hash
 */
export async function chooseBatch(
  connection: Connection,
  { paths, modelId, attributions, scorer, damping, minimumShare }: AttributedAnswers,
): Promise<Batch> {
  const settings = {
    scorer,
    ...(damping !== undefined && { damping }),
    ...(minimumShare !== undefined && minimumShare !== defaultMinimumShare && { minimumShare }),
  }
  const payer = lowerHex(connection.as('user').account.address)
  const described = attributions.map((attribution) => describe(attribution, modelId, payer, settings))
  const vouchers = await readVouchers(paths, connection)
  const signed = new Set(
    vouchers.flatMap(({ inferences }) => inferences.map(({ inferenceId }) => inferenceId as string)),
  )
  const wanted = hashJson(described)
  for (const batch of await readBatches(paths)) {
    if (hashJson(batch.map(({ nonce: _, inferenceId: __, ...rest }) => rest)) !== wanted) continue
    const inferences = await Promise.all(
      batch.map(async (inference) => ({
        inference,
        payment: await singlePayment(connection, inference),
        signed: signed.has(inference.inferenceId),
      })),
    )
    if (inferences.some((each) => each.payment === undefined && !each.signed)) return { inferences, resumed: true }
  }
  const nonce = randomBytes(16).toString('hex')
  // The position keeps two equal questions of one file apart.
  const inferences = described.map((each, i) => ({
    inference: named(each, `${nonce}-${i}`),
    payment: undefined,
    signed: false,
  }))
  return { inferences, resumed: false }
}

type Described = Omit<NotedInference, 'nonce' | 'inferenceId'>

function describe(
  attribution: Attribution,
  modelId: Hex,
  payer: Hex,
  settings: Pick<NotedInference, 'scorer' | 'damping' | 'minimumShare'>,
): Described {
  const { question, answer, influence, inputTokens, outputTokens } = attribution
  const { prompt } = question
  return {
    modelId: lowerHex(modelId),
    promptHash: promptHash(attribution),
    answerHash: keccak256(answer),
    payer,
    prompt: typeof prompt === 'string' ? prompt : JSON.stringify(prompt),
    answer,
    inputTokens,
    outputTokens,
    ...settings,
    shares: influence
      .filter(({ share }) => share > 0)
      .map(({ id, contributor, share, line }) => {
        const address = checksumAddress(contributor ?? '')
        if (address === undefined) throw new OpenLedgerError('OL1820', { line, contributor: contributor ?? 'nobody' })
        const stated = { recordId: id.toLowerCase(), contributor: address.toLowerCase(), share }
        return parseFields(shareSchema, stated, `the record of line ${line}`)
      }),
  }
}

const named = (described: Described, nonce: string): NotedInference => ({
  ...described,
  nonce,
  inferenceId: inferenceIdOf({ ...described, nonce }),
})
