import { Random } from '../random.js'

/** Options for choosing the next token. Without the first three, decoding is greedy. */
export interface SamplingOptions {
  /** Divisor of the logits; 0 means greedy decoding, 1 the model's own probabilities. */
  readonly temperature?: number
  /** Samples only from this many of the likeliest tokens. */
  readonly topK?: number
  /** Samples only from the likeliest tokens with this total probability (Holtzman et al. 2019, https://arxiv.org/abs/1904.09751). */
  readonly topP?: number
  /** Above 1, it makes tokens of the prompt and the answer less likely (Keskar et al. 2019, https://arxiv.org/abs/1909.05858). */
  readonly repetitionPenalty?: number
  /** The same seed samples the same tokens. */
  readonly seed?: number
}

/** Whether the options ask for sampling rather than greedy decoding. */
export const drawsTokens = ({ temperature, topK, topP }: SamplingOptions): boolean =>
  temperature === undefined ? topK !== undefined || topP !== undefined : temperature > 0

/**
 * Applies the options to logits, in the order of transformers' processors: repetition penalty, temperature, top-k, top-p.
 * Excluded tokens get -Infinity.
 *
 * @param logits [vocabSize]; not changed
 * @param ids the prompt and the answer so far
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

/** Keeps the k highest scores, and scores equal to the lowest of them. */
function keepHighest(scores: Float32Array, k: number): void {
  const lowest = scores.slice().sort()[scores.length - k] as number
  for (let i = 0; i < scores.length; i++) if ((scores[i] as number) < lowest) scores[i] = Number.NEGATIVE_INFINITY
}

/** Removes the unlikeliest tokens while their total probability is at most 1 - p; the likeliest always stays. */
function keepNucleus(scores: Float32Array, p: number): void {
  const ascending = scores.slice().sort()
  const probabilities = softmax(ascending)
  // float32 as in PyTorch, so that a sum that equals the bound is cut at the same token.
  const bound = Math.fround(1 - p)
  let cut = 0
  let sum = probabilities[0] as number
  while (cut < ascending.length - 1 && Math.fround(sum) <= bound) sum += probabilities[++cut] as number
  const lowest = ascending[cut] as number
  // Of equal scores, those of lower ids are removed first.
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

/** Chooses tokens by {@link SamplingOptions}. Each answer needs its own sampler, which holds the random state. */
export class Sampler {
  readonly #options: SamplingOptions
  readonly #random: Random

  constructor(options: SamplingOptions = {}) {
    this.#options = options
    this.#random = new Random(options.seed ?? 0)
  }

  /** The next token, or undefined if a logit is NaN. */
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
    // The sum of rounded probabilities can stay below the random number.
    return likeliest(scores)
  }
}

function likeliest(scores: Float32Array): number {
  let best = 0
  for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i
  return best
}
