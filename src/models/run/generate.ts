import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { gather } from '../../onnx/graph/primitives/indexing.js'
import { input } from '../../onnx/graph/primitives/inputs.js'
import type { Value } from '../../onnx/graph/Value.js'
import type { ProgramOptions } from '../../onnx/runtime/Program.js'
import { ProgramCache } from '../../onnx/runtime/ProgramCache.js'
import type { Adapter } from '../adapter/adapterLayout.js'
import { adaptedNetwork, adapterInputs, loraLayers } from '../adapter/loraLayers.js'
import { ResidentParameters } from '../adapter/ResidentParameters.js'
import type { Network } from '../architectures/Network.js'
import { frozenLayers } from '../layers/Linear.js'
import { type CacheShape, cachedContext, cachedFeeds } from './cachedContext.js'
import { KeyValueCache } from './KeyValueCache.js'
import { Sampler, type SamplingOptions } from './sampling.js'

export interface GenerateOptions extends SamplingOptions {
  /** Maximum number of tokens to generate. */
  readonly maximumTokens: number
  /** Tokens that end the answer; they are not part of it. */
  readonly stopTokens: readonly number[]
  readonly signal?: AbortSignal
  /** Called with each new token. */
  readonly onToken?: (id: number) => void
  /** Called after each new token; returns whether the answer is complete. */
  readonly isComplete?: () => boolean
  /** Reuses the KV cache of the previous call for the common prefix, such as earlier turns of a conversation. */
  readonly resume?: boolean
}

export interface Generation {
  readonly ids: readonly number[]
  readonly stopped: 'stop-token' | 'complete' | 'length'
}

/** Prefill lengths in tokens; the last part of a prompt is padded to the smallest that holds it. */
const promptLengths = [16, 64, 256] as const

/**
 * Continues a prompt with a base model and an adapter, token by token. With its KV cache, only the cost of attention grows
 * with the length of the text.
 */
export class Generator {
  readonly #programs: ProgramCache
  readonly #base: Network
  readonly #adapter: Adapter | undefined
  readonly #device: ProgramOptions['device']
  #parameters: Promise<ResidentParameters> | undefined
  #cache: KeyValueCache

  constructor(base: Network, adapter: Adapter | undefined, options: ProgramOptions = {}) {
    this.#base = base
    this.#adapter = adapter
    this.#device = options.device
    this.#programs = new ProgramCache({ ...options, packing: true })
    this.#cache = new KeyValueCache(base.config)
  }

  /**
   * Generates tokens; decoding is greedy, unless the options ask for sampling.
   *
   * @throws OL1313 when the prompt leaves no room in the model's context, OL1315 when a logit is NaN
   * @example
   * const { ids } = await generator.generate(encodePrompt(base, 'What is a spring tide?'), { maximumTokens: 48, stopTokens: [2] })
   */
  async generate(prompt: readonly number[], options: GenerateOptions): Promise<Generation> {
    const { maximumTokens, stopTokens, signal, onToken, isComplete, resume = false } = options
    const limit = this.#base.config.maximumLength
    if (prompt.length === 0 || prompt.length >= limit)
      throw new OpenLedgerError('OL1313', { tokens: prompt.length, limit: limit - 1 })
    if (resume) this.#cache.truncate(commonLength(this.#cache.ids, prompt))
    else this.#cache = new KeyValueCache(this.#base.config)
    const sampler = new Sampler(options)
    const stop = new Set(stopTokens)
    const ids = [...prompt]
    const end = Math.min(limit, prompt.length + maximumTokens)
    const answer = (stopped: Generation['stopped']): Generation => ({ ids: ids.slice(prompt.length), stopped })
    while (ids.length < end) {
      const next = sampler.next(await this.#read(ids, signal), ids)
      if (next === undefined) throw new OpenLedgerError('OL1315', { position: ids.length })
      if (stop.has(next)) return answer('stop-token')
      ids.push(next)
      onToken?.(next)
      if (isComplete?.()) return answer('complete')
    }
    return answer('length')
  }

  async dispose(): Promise<void> {
    await this.#programs.dispose()
    // A failed upload was reported by `generate`.
    const parameters = await this.#parameters?.catch(() => undefined)
    parameters?.dispose()
  }

  /** Reads the tokens that are not in the cache yet, and returns the logits of the next token, [vocabSize]. */
  async #read(ids: readonly number[], signal: AbortSignal | undefined): Promise<Float32Array> {
    this.#parameters ??= this.#adapter && ResidentParameters.upload(this.#adapter, this.#device)
    const parameters = await this.#parameters
    for (;;) {
      signal?.throwIfAborted()
      const start = this.#cache.ids.length
      const part = ids.slice(start, start + promptLengths[2])
      const length = part.length === 1 && start > 0 ? 1 : promptLengths.find((fits) => fits >= part.length)
      const shape: CacheShape = { batch: 1, length: length as number, capacity: this.#cache.capacity }
      const program = await this.#programs.get(`${shape.length}/${shape.capacity}`, () => this.#outputs(shape))
      const { logits, ...added } = await program.run({
        ...cachedFeeds(this.#base.config, shape, [part], [start]),
        ...this.#cache.feeds(),
        ...parameters?.feeds,
        last: BigInt64Array.of(BigInt(part.length - 1)),
      })
      this.#cache.append(part, added, shape.length)
      if (this.#cache.ids.length === ids.length) return logits as Float32Array
    }
  }

  #outputs(shape: CacheShape): Record<string, Value> {
    const inputs = this.#adapter && adapterInputs(this.#adapter.layout)
    const { architecture, config, weights } =
      this.#adapter && inputs ? adaptedNetwork(this.#base, this.#adapter.layout, inputs) : this.#base
    const layers =
      this.#adapter && inputs ? loraLayers(this.#base, this.#adapter.layout, inputs) : frozenLayers(weights)
    const context = cachedContext(shape)
    const hidden = architecture.hidden(config, weights, layers, context)
    const logits = architecture.logits(config, layers, gather(hidden, input('last', 'int64', [1])))
    return { logits, ...context.newKeysAndValues }
  }
}

/** Length of the common prefix of an earlier text and a prompt; at least the last token of the prompt must be read. */
function commonLength(earlier: readonly number[], prompt: readonly number[]): number {
  const length = prompt.findIndex((id, i) => id !== earlier[i])
  return length < 0 ? prompt.length - 1 : length
}
