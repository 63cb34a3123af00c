import { relative } from 'node:path'
import { exportModel } from '../../models/run/exportModel.js'
import { formatBytes } from '../../terminal/formats.js'
import { type AdapterInput, adapterChoice } from '../shared/adapterChoice.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { chooseBase } from '../shared/chooseBase.js'
import { countView } from './countView.js'

interface Input extends AdapterInput {
  readonly base: string | undefined
  readonly revision: string | undefined
  readonly output: string
  readonly length: number | undefined
}

/** `openledger model export`: base and adapter as an ONNX model, in a Hugging Face folder. */
export async function run(context: CommandContext, input: Input): Promise<void> {
  const { output, signal, cwd } = context
  const { length, output: target } = input
  const result = await exportModel({
    base: await chooseBase(context, input),
    output: target,
    signal,
    onProgress: countView(output, 'Export', 'tensors'),
    ...adapterChoice(context, input),
    ...(length !== undefined && { length }),
  })
  output.result(result, ({ merged, tensors, bytes, length, vocabulary }, { paint }) =>
    [
      `${paint.bold(relative(cwd, target) || '.')}: ${merged} of ${tensors} tensors changed, ${formatBytes(bytes)}`,
      `model.onnx: input_ids int64 [1, ${length}] -> logits float32 [1, ${length}, ${vocabulary}]`,
    ].join('\n'),
  )
}
