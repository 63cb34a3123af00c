import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { gather, input } from '../../onnx/graph/primitives.js'
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
  /** Tokens to add at most. */
  readonly maximumTokens: number
  /** Tokens that end the answer; they are not part of it. */
  readonly stopTokens: readonly number[]
  readonly signal?: AbortSignal
  /** Called with each new token. */
  readonly onToken?: (id: number) => void
  /** Asked after each new token whether the answer is complete. */
  readonly isComplete?: () => boolean
  /** Reads only what the call before has not read of the same beginning: the earlier turns of a conversation. */
  readonly resume?: boolean
}

export interface Generation {
  readonly ids: readonly number[]
  readonly stopped: 'stop-token' | 'complete' | 'length'
}

/** Tokens of a prompt that are read at once; the last part of a prompt is padded to the smallest that holds it. */
const promptLengths = [16, 64, 256] as const

/**
 * Continues a prompt by base model and adapter, token by token. The keys and values of earlier tokens are kept, so that a
 * token costs the same however long the text before it is, but for the attention to it.
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
   * Greedy unless the options ask for tokens to be drawn.
   *
   * @throws OL1313 when the prompt leaves no room in the model's context, OL1315 when the model computes NaN
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
    // What could not be uploaded was reported where it was wanted.
    const parameters = await this.#parameters?.catch(() => undefined)
    parameters?.dispose()
  }

  /** Logits of the token that follows, [vocabSize]; reads the tokens that the cache does not hold yet. */
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

/** Tokens that a prompt begins with like an earlier text; at least its last token is to be read. */
function commonLength(earlier: readonly number[], prompt: readonly number[]): number {
  const length = prompt.findIndex((id, i) => id !== earlier[i])
  return length < 0 ? prompt.length - 1 : length
}
