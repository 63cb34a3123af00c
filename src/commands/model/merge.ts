import { relative } from 'node:path'
import { mergeAdapter } from '../../models/adapter/mergeAdapter.js'
import type { WeightType } from '../../models/weights/narrow.js'
import { formatBytes } from '../../terminal/formats.js'
import { quote } from '../../terminal/Shell.js'
import { type AdapterInput, adapterChoice } from '../shared/adapterChoice.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { chooseBase } from '../shared/chooseBase.js'
import { countView } from './countView.js'

interface Input extends AdapterInput {
  readonly base: string | undefined
  readonly revision: string | undefined
  readonly output: string
  readonly dtype: WeightType | undefined
}

/** `openledger model merge`: base and adapter as one Hugging Face folder. */
export async function run(context: CommandContext, input: Input): Promise<void> {
  const { output, signal, cwd, shell } = context
  const { dtype, output: target } = input
  const result = await mergeAdapter({
    base: await chooseBase(context, input),
    ...adapterChoice(context, input),
    output: target,
    signal,
    onProgress: countView(output, 'Merge', 'tensors'),
    ...(dtype !== undefined && { dtype }),
  })
  output.result(result, ({ merged, tensors, bytes }, { paint }) => {
    const folder = relative(cwd, target) || '.'
    return [
      `${paint.bold(folder)}: ${merged} of ${tensors} tensors changed, ${formatBytes(bytes)}`,
      `Next: ${shell.line(`model generate "Hello" --base ${quote(folder)}`)}`,
    ].join('\n')
  })
}
