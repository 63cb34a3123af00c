import { readManifest } from '../../lora/manifest.js'
import { bundledBase } from '../../models/bundledBase.js'
import { generateText } from '../../models/generateText.js'
import type { Device } from '../../onnx/Program.js'
import type { CommandContext } from '../CommandContext.js'

interface Input {
  readonly prompt: string
  readonly base: string | undefined
  readonly adapter: string | undefined
  readonly maxTokens: number
  readonly device: Device
}

/** `openledger model generate`: one answer, greedy. */
export async function run({ output, config, signal }: CommandContext, input: Input): Promise<void> {
  const { prompt, adapter, maxTokens, device } = input
  const trainedOn = adapter === undefined ? undefined : (await readManifest(adapter).catch(() => undefined))?.base.path
  const result = await generateText({
    base: input.base ?? trainedOn ?? config.base ?? bundledBase,
    prompt,
    maximumTokens: maxTokens,
    device,
    signal,
    ...(adapter !== undefined && { adapter }),
  })
  output.result(result, ({ text }) => text.trim())
}
