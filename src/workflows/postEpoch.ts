import { splitWei } from '../attribution/splitWei.js'
import { getLedger } from '../chain/actions/getLedger.js'
import { getPayment } from '../chain/actions/getPayment.js'
import { postEpoch as sendEpoch } from '../chain/actions/postEpoch.js'
import type { WorkspacePaths } from '../config/workspacePaths.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { writeEpoch } from '../rewards/epochFolder.js'
import { buildEpoch, type Epoch } from '../rewards/epochs.js'
import { createReceipt, type Receipt } from '../rewards/receipts.js'
import { findOnChain, type OnChainEpoch, readEpochs } from './epochHistory.js'
import { type Inference, readInferences } from './inferences.js'
import type { Chain } from './openChain.js'

export interface PreparedEpoch {
  readonly epoch: Epoch
  /** True when an earlier run built it and did not get to post it. */
  readonly resumed: boolean
  /** Noted inferences that nobody paid for; they are left out. */
  readonly unpaid: number
  /** Paid inferences that no record helped: their pool stays unallocated. */
  readonly unattributed: number
}

/**
 * Builds the next epoch of everything that was paid for since the last one: the escrow says what each inference paid, the
 * workspace says whose records shaped it. An epoch that an earlier run built but did not post comes first.
 *
 * @throws OL1811 when there is nothing to post
 */
export async function prepareEpoch(paths: WorkspacePaths, chain: Chain): Promise<PreparedEpoch> {
  const epochs = await readEpochs(paths)
  const last = epochs.at(-1)
  if (last !== undefined && (await findOnChain(chain, last)) === undefined && epochs.length === last.manifest.epoch) {
    const before = epochs.at(-2)
    if (before === undefined || (await findOnChain(chain, before)) !== undefined)
      return { epoch: last, resumed: true, unpaid: 0, unattributed: 0 }
  }
  const settled = new Set<string>(epochs.flatMap(({ receipts }) => receipts.map(({ inferenceId }) => inferenceId)))
  const open = (await readInferences(paths)).filter(({ inferenceId }) => !settled.has(inferenceId))
  const address = chain.address('InferenceEscrow')
  const receipts: Receipt[] = []
  let unpaid = 0
  let unattributed = 0
  for (const inference of open) {
    const inferenceId = inference.inferenceId as `0x${string}`
    const payment = await getPayment(chain.client, { address, inferenceId })
    if (payment === undefined) unpaid++
    else if (inference.shares.length === 0) unattributed++
    else receipts.push(receiptOf(inference, payment))
  }
  if (receipts.length === 0) {
    const reason = `${open.length} inferences are open, ${unpaid} of them unpaid, ${unattributed} unattributed`
    throw new OpenLedgerError('OL1811', { reason })
  }
  const epoch = buildEpoch({
    receipts,
    settled,
    chainId: chain.network.chain.id,
    rewardPool: chain.address('RewardPool'),
    ...(last && { previous: last }),
  })
  return { epoch, resumed: false, unpaid, unattributed }
}

export interface PostedEpoch extends PreparedEpoch {
  readonly folder: string
  readonly onChain: OnChainEpoch
  readonly bondWei: bigint
  readonly transactionHash: `0x${string}`
}

/** Writes a prepared epoch to the workspace, then posts its roots on the ledger as the operator, with the bond. */
export async function postEpoch(paths: WorkspacePaths, chain: Chain, prepared: PreparedEpoch): Promise<PostedEpoch> {
  const { epoch } = prepared
  const folder = await writeEpoch(paths.epochs, epoch)
  const address = chain.address('AttributionLedger')
  const { bondWei } = await getLedger(chain.client, { address })
  const { manifest, manifestHash } = epoch
  const sent = await sendEpoch(chain.as('operator'), {
    address,
    receiptsRoot: manifest.receiptsRoot as `0x${string}`,
    rewardsRoot: manifest.rewardsRoot as `0x${string}`,
    totalAllocatedWei: BigInt(manifest.totalAllocatedWei),
    receiptCount: manifest.receiptCount,
    manifestHash,
    bondWei,
  })
  const onChain = (await findOnChain(chain, epoch)) as OnChainEpoch
  return { ...prepared, folder, onChain, bondWei, transactionHash: sent.hash }
}

function receiptOf(inference: Inference, { feeWei, poolWei }: { feeWei: bigint; poolWei: bigint }): Receipt {
  const { modelId, promptHash, answerHash, payer, nonce, inputTokens, outputTokens, shares } = inference
  const amounts = splitWei(
    poolWei,
    shares.map(({ share }) => share),
  )
  return createReceipt({
    modelId,
    promptHash,
    answerHash,
    payer,
    nonce,
    inputTokens,
    outputTokens,
    feeWei,
    poolWei,
    shares: shares.map(({ recordId, contributor }, i) => ({ recordId, contributor, amountWei: amounts[i] as bigint })),
  })
}
