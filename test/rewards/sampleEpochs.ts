import { keccak256 } from '../../src/files/canonicalJson.js'
import { buildEpoch, type Epoch } from '../../src/rewards/epochs.js'
import { createReceipt, type Receipt } from '../../src/rewards/receipts.js'
import { splitWei } from '../../src/rewards/splitWei.js'
import { seededRandom } from '../attribution/seededRandom.js'

export const chainId = 901
export const rewardPool = `0x${'5f'.repeat(20)}`
export const address = (index: number): `0x${string}` => `0x${keccak256(`account ${index}`).slice(2, 42)}`

/** Receipts of random fees, split by random weights among random contributors. */
export function sampleReceipts(seed: number, count: number): Receipt[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, k) => {
    const feeWei = BigInt(Math.floor(random() * 2 ** 53)) * 1000n + 10n
    const poolWei = (feeWei * 7000n) / 10000n
    const records = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, i) => ({
      recordId: keccak256(`record ${seed} ${k} ${i}`),
      contributor: address(Math.floor(random() * 5)),
    }))
    const amounts = splitWei(
      poolWei,
      records.map(() => random() + 1e-9),
    )
    return createReceipt({
      modelId: keccak256('model'),
      promptHash: keccak256(`prompt ${k}`),
      answerHash: keccak256(`answer ${k}`),
      payer: address(100),
      nonce: `${seed}-${k}`,
      inputTokens: Math.floor(random() * 1000),
      outputTokens: Math.floor(random() * 1000),
      feeWei,
      poolWei,
      shares: records.map((record, i) => ({ ...record, amountWei: amounts[i] as bigint })),
    })
  })
}

/** Three epochs, each following the one before. */
export function sampleEpochs(seed: number): readonly [Epoch, Epoch, Epoch] {
  const first = buildEpoch({ receipts: sampleReceipts(seed, 7), chainId, rewardPool })
  const second = buildEpoch({ receipts: sampleReceipts(seed + 1, 1), previous: first, chainId, rewardPool })
  const third = buildEpoch({ receipts: sampleReceipts(seed + 2, 4), previous: second, chainId, rewardPool })
  return [first, second, third]
}
