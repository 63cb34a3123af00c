import type { Device } from '../../onnx/graph/RunDevice.js'
import type { Message } from '../../records/RecordContent.js'
import { type AdapterChoice, openAdapterOf } from '../adapter/openAdapterOf.js'
import { type BaseModel, openBaseModel } from '../base/BaseModel.js'
import { encodePrompt, endTokensOf } from '../data/example.js'
import type { ResolvedBase } from '../hub/resolveBase.js'
import type { Quantization } from '../weights/precision.js'
import { Generator } from './generate.js'
import type { SamplingOptions } from './sampling.js'
import { TextStream } from './TextStream.js'

export interface OpenTextGeneratorParameters extends AdapterChoice {
  readonly base: string | ResolvedBase
  readonly device?: Device
  /** Keep the linear layers of the base in 8 or 4 bits. */
  readonly quantize?: Quantization
}

export interface AnswerOptions extends SamplingOptions {
  /** Maximum number of tokens of the answer. */
  readonly maximumTokens: number
  /** Texts that end the answer, in addition to the model's end tokens; they are not part of it. */
  readonly stop?: readonly string[]
  readonly signal?: AbortSignal
  /** Called with each piece of text as it is added, in whole characters. */
  readonly onText?: (added: string) => void
  /** Reuses the KV cache for the part of the prompt that equals the previous text. */
  readonly resume?: boolean
}

export interface Answer {
  readonly text: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** The reason it ended: an end token of the model, a stop text, or the limit on tokens or context. */
  readonly stopped: 'stop-token' | 'stop-text' | 'length'
}

/** An open model that answers any number of prompts. */
export class TextGenerator {
  readonly #base: BaseModel
  readonly #generator: Generator

  private constructor(base: BaseModel, generator: Generator) {
    this.#base = base
    this.#generator = generator
  }

  /** @throws OL1302 and other errors of a bad base, OL1308 and OL1309 when the adapter is bad */
  static async open({ device = 'cpu', ...parameters }: OpenTextGeneratorParameters): Promise<TextGenerator> {
    const base = await openBaseModel(parameters.base, { quantize: parameters.quantize })
    const adapter = await openAdapterOf(parameters, base)
    return new TextGenerator(base, new Generator(base, adapter, { device }))
  }

  /**
   * Answers a prompt or a conversation, with the model's chat template if it has one. Decoding is greedy, unless the options
   * ask for sampling.
   *
   * @throws OL1307 when the template cannot render the conversation, OL1313 when it is too long, OL1315 when a logit is NaN
   */
  async answer(prompt: string | readonly Message[], options: AnswerOptions): Promise<Answer> {
    const { stop = [], onText, ...rest } = options
    const { tokenizer } = this.#base
    const input = encodePrompt(this.#base, prompt)
    const text = new TextStream({ decode: (ids) => tokenizer.decode(ids), stop, onText })
    const { ids, stopped } = await this.#generator.generate(input, {
      ...rest,
      stopTokens: [...endTokensOf(this.#base)],
      onToken: (id) => text.push(id),
      isComplete: () => text.stopped,
    })
    const whole = text.finish()
    return {
      text: whole,
      inputTokens: input.length,
      outputTokens: ids.length,
      stopped: text.stopped || stopped === 'complete' ? 'stop-text' : stopped,
    }
  }

  dispose(): Promise<void> {
    return this.#generator.dispose()
  }
}
