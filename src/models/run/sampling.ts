import { Random } from '../random.js'

/** How the next token is chosen. With none of the first three the likeliest is taken. */
export interface SamplingOptions {
  /** Logits are divided by it; 0 takes the likeliest token, 1 the model's own probabilities. */
  readonly temperature?: number
  /** Only the so many likeliest tokens are left. */
  readonly topK?: number
  /** Only the likeliest tokens are left that have this probability together (Holtzman et al. 2019, https://arxiv.org/abs/1904.09751). */
  readonly topP?: number
  /** Above 1 makes tokens less likely that prompt or answer hold already (Keskar et al. 2019, https://arxiv.org/abs/1909.05858). */
  readonly repetitionPenalty?: number
  /** The same seed draws the same tokens. */
  readonly seed?: number
}

/** Whether tokens are drawn, rather than the likeliest taken. */
export const drawsTokens = ({ temperature, topK, topP }: SamplingOptions): boolean =>
  temperature === undefined ? topK !== undefined || topP !== undefined : temperature > 0

/**
 * The logits after the options, in the order of transformers' processors: repetition penalty, temperature, top-k, top-p.
 * What may not be drawn is -Infinity.
 *
 * @param logits [vocabSize]; not changed
 * @param ids prompt and answer so far
 */
export function processLogits(logits: Float32Array, ids: readonly number[], options: SamplingOptions): Float32Array {
  const { temperature = 1, topK, topP, repetitionPenalty = 1 } = options
  const scores = logits.slice()
  if (repetitionPenalty !== 1)
    for (const id of new Set(ids)) {
      const score = scores[id]
      if (score !== undefined) scores[id] = score < 0 ? score * repetitionPenalty : score / repetitionPenalty
    }
  if (!drawsTokens(options)) return scores
  if (temperature !== 1) for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) / temperature
  if (topK !== undefined && topK < scores.length) keepHighest(scores, topK)
  if (topP !== undefined && topP < 1) keepNucleus(scores, topP)
  return scores
}

/** Leaves the k highest, and what is as high as the lowest of them. */
function keepHighest(scores: Float32Array, k: number): void {
  const lowest = scores.slice().sort()[scores.length - k] as number
  for (let i = 0; i < scores.length; i++) if ((scores[i] as number) < lowest) scores[i] = Number.NEGATIVE_INFINITY
}

/** Takes the unlikeliest away for as long as they have at most 1 - p together; the likeliest always stays. */
function keepNucleus(scores: Float32Array, p: number): void {
  const ascending = scores.slice().sort()
  const probabilities = softmax(ascending)
  // float32 where PyTorch has it, so that a sum that meets the bound is cut at the same token.
  const bound = Math.fround(1 - p)
  let cut = 0
  let sum = probabilities[0] as number
  while (cut < ascending.length - 1 && Math.fround(sum) <= bound) sum += probabilities[++cut] as number
  const lowest = ascending[cut] as number
  // Of equal scores those of the lower ids go first.
  let equal = cut - ascending.indexOf(lowest)
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number
    if (score < lowest || (score === lowest && equal-- > 0)) scores[i] = Number.NEGATIVE_INFINITY
  }
}

function softmax(scores: Float32Array): Float32Array {
  let highest = Number.NEGATIVE_INFINITY
  for (const score of scores) if (score > highest) highest = score
  const exponentials = Float64Array.from(scores, (score) => Math.exp(score - highest))
  let sum = 0
  for (const each of exponentials) sum += each
  return Float32Array.from(exponentials, (each) => each / sum)
}

/** Chooses tokens by {@link SamplingOptions}; one for each answer, since it holds the state of the random numbers. */
export class Sampler {
  readonly #options: SamplingOptions
  readonly #random: Random

  constructor(options: SamplingOptions = {}) {
    this.#options = options
    this.#random = new Random(options.seed ?? 0)
  }

  /** The next token, or undefined where a logit is not a number: then none can be told from another. */
  next(logits: Float32Array, ids: readonly number[]): number | undefined {
    if (logits.some(Number.isNaN)) return undefined
    const scores = processLogits(logits, ids, this.#options)
    if (!drawsTokens(this.#options)) return likeliest(scores)
    const probabilities = softmax(scores)
    let left = this.#random.uniform()
    for (let i = 0; i < probabilities.length; i++) {
      left -= probabilities[i] as number
      if (left < 0) return i
    }
    // The sum of rounded probabilities may stay below the number drawn.
    return likeliest(scores)
  }
}

function likeliest(scores: Float32Array): number {
  let best = 0
  for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i
  return best
}
