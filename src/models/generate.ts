import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { ProgramOptions } from '../onnx/Program.js'
import { ProgramCache } from '../onnx/ProgramCache.js'
import { gather, input } from '../onnx/primitives.js'
import type { Value } from '../onnx/Value.js'
import type { Adapter } from './adapter.js'
import type { Network } from './BaseModel.js'
import { causalTokens } from './causalTokens.js'
import { frozenLinear } from './Linear.js'
import { adapterFeeds, adapterInputs, loraLinear } from './loraLinear.js'

export interface GenerateOptions {
  /** Tokens to add at most. */
  readonly maximumTokens: number
  /** Tokens that end the answer; they are not part of it. */
  readonly stopTokens: readonly number[]
  readonly signal?: AbortSignal
  /** Called with each new token. */
  readonly onToken?: (id: number) => void
}

export interface Generation {
  readonly ids: readonly number[]
  readonly stopped: 'stop-token' | 'length'
}

const lengthStep = 64

/**
 * Greedy continuation of a prompt by base model and adapter. The whole sequence is computed again for each token (there
 * is no key-value cache yet), by programs compiled for lengths in steps of 64.
 */
export class Generator {
  readonly #programs: ProgramCache
  readonly #base: Network
  readonly #adapter: Adapter | undefined

  constructor(base: Network, adapter: Adapter | undefined, options: ProgramOptions = {}) {
    this.#base = base
    this.#adapter = adapter
    this.#programs = new ProgramCache(options)
  }

  /**
   * @throws OL1313 when the prompt leaves no room in the model's context, OL1315 when the model computes NaN
   * @example
   * const { ids } = await generator.generate(encodePrompt(base, 'What is a spring tide?'), { maximumTokens: 48, stopTokens: [2] })
   */
  async generate(
    prompt: readonly number[],
    { maximumTokens, stopTokens, signal, onToken }: GenerateOptions,
  ): Promise<Generation> {
    const limit = this.#base.config.maximumLength
    if (prompt.length === 0 || prompt.length >= limit)
      throw new OpenLedgerError('OL1313', { tokens: prompt.length, limit: limit - 1 })
    const stop = new Set(stopTokens)
    const ids = [...prompt]
    const end = Math.min(limit, prompt.length + maximumTokens)
    while (ids.length < end) {
      signal?.throwIfAborted()
      const next = greedy(await this.#logits(ids))
      if (next === undefined) throw new OpenLedgerError('OL1315', { position: ids.length })
      if (stop.has(next)) return { ids: ids.slice(prompt.length), stopped: 'stop-token' }
      ids.push(next)
      onToken?.(next)
    }
    return { ids: ids.slice(prompt.length), stopped: 'length' }
  }

  dispose(): Promise<void> {
    return this.#programs.dispose()
  }

  /** Logits of the token that follows, [vocabSize]. */
  async #logits(ids: readonly number[]): Promise<Float32Array> {
    const length = Math.min(Math.ceil(ids.length / lengthStep) * lengthStep, this.#base.config.maximumLength)
    const program = await this.#programs.get(String(length), () => this.#outputs(length))
    const padded = new Int32Array(length)
    padded.set(ids)
    const adapter = this.#adapter ? adapterFeeds(this.#adapter.layout, this.#adapter.values) : {}
    const { logits } = await program.run({ ids: padded, last: BigInt64Array.of(BigInt(ids.length - 1)), ...adapter })
    return logits as Float32Array
  }

  #outputs(length: number): { logits: Value } {
    const { architecture, config, weights } = this.#base
    const frozen = frozenLinear(weights)
    const linear = this.#adapter
      ? loraLinear(frozen, this.#adapter.layout, adapterInputs(this.#adapter.layout))
      : frozen
    const hidden = architecture.hidden(config, weights, linear, causalTokens({ batch: 1, length }))
    return { logits: architecture.logits(config, weights, gather(hidden, input('last', 'int64', [1]))) }
  }
}

/** The likeliest token, or undefined where a logit is not a number: then none is likeliest. */
function greedy(logits: Float32Array): number | undefined {
  let best = 0
  for (let i = 0; i < logits.length; i++) {
    if (Number.isNaN(logits[i])) return undefined
    if ((logits[i] as number) > (logits[best] as number)) best = i
  }
  return best
}
