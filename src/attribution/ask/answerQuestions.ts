import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { type Example, encodeAnswer, encodePrompt, endTokensOf } from '../../models/data/example.js'
import { Generator } from '../../models/run/generate.js'
import type { Device } from '../../onnx/graph/RunDevice.js'
import type { Trained } from '../index/openTrained.js'
import type { Question } from './questions.js'

/** A question with its tokenized answer. */
export interface Answered {
  readonly question: Question
  readonly answer: string
  /** Whether the model generated the answer. */
  readonly generated: boolean
  readonly example: Example
  /** Number of tokens before the answer. */
  readonly promptTokens: number
}

export interface AnswerOptions {
  readonly device: Device
  /** Maximum number of tokens of a generated answer; 64 by default. */
  readonly maximumTokens?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Answers the questions that have no answer, with base and adapter and greedy decoding, and tokenizes all of them.
 *
 * @throws OL1513 when the answer is blank, OL1515 when question and answer exceed the model's context
 * @throws OL1516 when the chat template cannot render a question
 */
export async function answerQuestions(
  { base, adapter }: Trained,
  questions: readonly Question[],
  { device, maximumTokens = 64, signal, onProgress }: AnswerOptions,
): Promise<Answered[]> {
  const generator = new Generator(base, adapter, { device })
  const stopTokens = [...endTokensOf(base)]
  const answered: Answered[] = []
  onProgress?.(0, questions.length)
  try {
    for (const question of questions) {
      let { answer } = question
      if (answer === undefined) {
        const prompt = withLine(question, () => encodePrompt(base, question.prompt))
        const { ids } = await generator.generate(prompt, { maximumTokens, stopTokens, ...(signal && { signal }) })
        answer = base.tokenizer.decode(ids)
        if (answer.trim() === '') throw new OpenLedgerError('OL1513', { line: question.line })
      }
      const given = answer
      const example = withLine(question, () => encodeAnswer(base, question.prompt, given))
      const promptTokens = example.labelled.indexOf(1)
      if (promptTokens < 0) {
        const tokens = example.ids.length + example.truncated
        throw new OpenLedgerError('OL1515', { line: question.line, tokens, limit: base.config.maximumLength })
      }
      answered.push({ question, answer, generated: question.answer === undefined, example, promptTokens })
      onProgress?.(answered.length, questions.length)
    }
  } finally {
    await generator.dispose()
  }
  return answered
}

/** Adds the question's line to the error of a chat template that cannot render it. */
function withLine<Value>({ line }: Question, encode: () => Value): Value {
  try {
    return encode()
  } catch (cause) {
    if (!OpenLedgerError.is(cause) || cause.code !== 'OL1307') throw cause
    const { reason } = cause.details as { readonly reason: string }
    throw new OpenLedgerError('OL1516', { line, reason }, { cause })
  }
}
