import { randomInt } from 'node:crypto'
import { drawsTokens, type SamplingOptions } from '../../models/run/sampling.js'

/** The options of the commands that let a model write. */
export interface SamplingInput {
  readonly maxTokens: number
  readonly temperature: number | undefined
  readonly topK: number | undefined
  readonly topP: number | undefined
  readonly repetitionPenalty: number | undefined
  readonly stop: readonly string[]
  readonly seed: number | undefined
}

/** Without a seed each run draws its own, and reports the seed that would draw the same again. */
export function samplingOf(input: SamplingInput): SamplingOptions & {
  readonly maximumTokens: number
  readonly stop: readonly string[]
} {
  const { maxTokens: maximumTokens, temperature, topK, topP, repetitionPenalty, stop } = input
  const chosen: SamplingOptions = {
    ...(temperature !== undefined && { temperature }),
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
    ...(repetitionPenalty !== undefined && { repetitionPenalty }),
  }
  const seed = input.seed ?? randomInt(2 ** 32)
  return { maximumTokens, stop, ...chosen, ...(drawsTokens(chosen) && { seed }) }
}
