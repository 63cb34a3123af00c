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
  /** Tokens of the answer at most. */
  readonly maximumTokens: number
  /** Texts that end the answer, besides the model's own end of a turn; they are not part of it. */
  readonly stop?: readonly string[]
  readonly signal?: AbortSignal
  /** Called with the text that was added, in whole characters. */
  readonly onText?: (added: string) => void
  /** The prompt goes on from the one before: only what is new is read. */
  readonly resume?: boolean
}

export interface Answer {
  readonly text: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** What ended it: the model itself, one of the stop texts, or the number of tokens or the context. */
  readonly stopped: 'stop-token' | 'stop-text' | 'length'
}

/** A model that is open to be asked, again and again. */
export class TextGenerator {
  readonly #base: BaseModel
  readonly #generator: Generator

  private constructor(base: BaseModel, generator: Generator) {
    this.#base = base
    this.#generator = generator
  }

  /** @throws OL1302 and others of a bad base, OL1308 and OL1309 of a bad adapter */
  static async open({ device = 'cpu', ...parameters }: OpenTextGeneratorParameters): Promise<TextGenerator> {
    const base = await openBaseModel(parameters.base, { quantize: parameters.quantize })
    const adapter = await openAdapterOf(parameters, base)
    return new TextGenerator(base, new Generator(base, adapter, { device }))
  }

  /**
   * Answers a prompt or a conversation, through the model's chat template where it has one; greedily unless the options
   * ask for tokens to be drawn.
   *
   * @throws OL1307 of a conversation that the template cannot render, OL1313 when it is too long, OL1315 when the model
   * computes NaN
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
