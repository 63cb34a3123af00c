import { text as readAll } from 'node:stream/consumers'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { readText } from '../../files/readText.js'
import { generateText } from '../../models/run/generateText.js'
import type { Quantization } from '../../models/weights/precision.js'
import type { Device } from '../../onnx/graph/RunDevice.js'
import { type AdapterInput, adapterChoice } from '../shared/adapterChoice.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { chooseBase } from '../shared/chooseBase.js'
import { type SamplingInput, samplingOf } from './sampling.js'
import { trimmedParts } from './trimmedParts.js'

interface Input extends SamplingInput, AdapterInput {
  readonly text: string | undefined
  readonly prompt: string | undefined
  readonly promptFile: string | undefined
  readonly base: string | undefined
  readonly revision: string | undefined
  readonly device: Device
  readonly quantize: Quantization | undefined
}

/** `openledger model generate`: one answer, shown as it is written. */
export async function run(context: CommandContext, input: Input): Promise<void> {
  const { output, signal } = context
  const { device, quantize } = input
  const prompt = await promptOf(context, input)
  const sampling = samplingOf(input)
  const result = await generateText({
    base: await chooseBase(context, input),
    prompt,
    ...sampling,
    device,
    signal,
    onText: trimmedParts(output.part),
    ...adapterChoice(context, input),
    ...(quantize !== undefined && { quantize }),
  })
  output.part('\n')
  output.result({ ...result, seed: sampling.seed ?? null }, () => '')
}

/** @throws OL1040 when there is not exactly one prompt */
async function promptOf({ stdin }: CommandContext, { text, prompt, promptFile }: Input): Promise<string> {
  const given = [text, prompt, promptFile].filter((each) => each !== undefined)
  if (given.length > 1) throw new OpenLedgerError('OL1040', { found: 'more than one prompt is given' })
  const direct = text ?? prompt
  if (direct !== undefined && direct !== '-') return direct
  if (promptFile !== undefined) return notEmpty(await readText(promptFile), promptFile)
  if (stdin.isTTY) throw new OpenLedgerError('OL1040', { found: 'there is no prompt' })
  return notEmpty(await readAll(stdin), 'standard input')
}

function notEmpty(text: string, where: string): string {
  // The line break at the end of a file is not part of the question.
  const prompt = text.replace(/\r?\n$/, '')
  if (prompt.trim() === '') throw new OpenLedgerError('OL1040', { found: `${where} is empty` })
  return prompt
}
