import type { Device } from '../onnx/Program.js'
import { openAdapter } from './adapter.js'
import { openBaseModel } from './BaseModel.js'
import { encodePrompt } from './example.js'
import { type Generation, Generator } from './generate.js'

export interface GenerateTextParameters {
  readonly base: string
  /** Folder of a LoRA adapter. */
  readonly adapter?: string
  readonly prompt: string
  readonly maximumTokens: number
  readonly device?: Device
  readonly signal?: AbortSignal
  /** Called with the text that was added. */
  readonly onText?: (added: string) => void
}

export interface GenerateTextReturnType {
  readonly text: string
  readonly inputTokens: number
  readonly outputTokens: number
  readonly stopped: Generation['stopped']
}

/**
 * Answers a prompt greedily, through the model's chat template where it has one.
 *
 * @throws OL1302 and others of a bad base, OL1308 and OL1309 of a bad adapter, OL1313 when the prompt is too long
 */
export async function generateText(parameters: GenerateTextParameters): Promise<GenerateTextReturnType> {
  const { prompt, maximumTokens, device = 'cpu', signal, onText } = parameters
  const base = await openBaseModel(parameters.base)
  const adapter = parameters.adapter === undefined ? undefined : await openAdapter(parameters.adapter, base)
  const generator = new Generator(base, adapter, { device })
  const input = encodePrompt(base, prompt)
  const stopTokens = [
    ...base.config.endTokens,
    ...(base.tokenizer.endToken === undefined ? [] : [base.tokenizer.endToken]),
  ]
  const ids: number[] = []
  let shown = ''
  try {
    const generation = await generator.generate(input, {
      maximumTokens,
      stopTokens,
      ...(signal && { signal }),
      onToken(id) {
        ids.push(id)
        const text = base.tokenizer.decode(ids)
        // A character whose bytes span tokens is shown once it is whole.
        if (text.endsWith('\uFFFD')) return
        onText?.(text.slice(shown.length))
        shown = text
      },
    })
    const text = base.tokenizer.decode(generation.ids)
    return { text, inputTokens: input.length, outputTokens: generation.ids.length, stopped: generation.stopped }
  } finally {
    await generator.dispose()
  }
}
