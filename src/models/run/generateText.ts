import type { Message } from '../../records/RecordContent.js'
import { type Answer, type AnswerOptions, type OpenTextGeneratorParameters, TextGenerator } from './TextGenerator.js'

export interface GenerateTextParameters extends OpenTextGeneratorParameters, Omit<AnswerOptions, 'resume'> {
  readonly prompt: string | readonly Message[]
}

/**
 * Opens a model and answers one prompt. Use {@link TextGenerator} for several prompts.
 *
 * @throws OL1302 and other errors of a bad base, OL1308 and OL1309 when the adapter is bad, OL1313 when the prompt is too
 * long
 * @example
 * const { text } = await generateText({ base: 'base-model', prompt: 'What is a spring tide?', maximumTokens: 48 })
 */
export async function generateText(parameters: GenerateTextParameters): Promise<Answer> {
  const { base, adapter, onOtherBase, device, quantize, prompt, ...options } = parameters
  const generator = await TextGenerator.open({
    base,
    ...(adapter && { adapter }),
    ...(onOtherBase && { onOtherBase }),
    ...(device && { device }),
    ...(quantize && { quantize }),
  })
  try {
    return await generator.answer(prompt, options)
  } finally {
    await generator.dispose()
  }
}
