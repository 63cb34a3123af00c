import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { ModelConfig } from '../layers/ModelConfig.js'
import type { Architecture } from './Architecture.js'
import { gemma3 } from './gemma3.js'
import { gpt2 } from './gpt2.js'
import { gptNeoX } from './gptNeoX.js'
import { llama } from './llama.js'
import { mistral } from './mistral.js'
import { phi3 } from './phi3.js'
import { qwen2 } from './qwen2.js'
import { qwen3 } from './qwen3.js'
import { smollm3 } from './smollm3.js'

/** The architectures by the `model_type` of their config.json. */
const architectures: Readonly<Record<string, Architecture>> = {
  gemma3_text: gemma3,
  gpt2,
  gpt_neox: gptNeoX,
  llama,
  mistral,
  phi3,
  qwen2,
  qwen3,
  smollm3,
}

/**
 * Reads the architecture and its options from a Hugging Face config.json. An option that would change the logits and is
 * not implemented is refused, never ignored.
 *
 * @throws OL1302 when a field is missing or malformed
 * @throws OL1303 when the architecture is not known
 * @throws OL1304 when an option is not supported, OL1318 when the weights are quantized
 * @example
 * const { architecture, config } = readArchitecture(folder, raw)
 */
export function readArchitecture(
  path: string,
  raw: unknown,
): { readonly architecture: Architecture; readonly config: ModelConfig } {
  const kind = z.object({ model_type: z.string() }).safeParse(raw)
  if (!kind.success) throw new OpenLedgerError('OL1302', { path, reason: 'config.json has no model_type' })
  const type = kind.data.model_type
  const architecture = Object.hasOwn(architectures, type) ? architectures[type] : undefined
  if (architecture === undefined)
    throw new OpenLedgerError('OL1303', { path, architecture: type, supported: Object.keys(architectures).join(', ') })
  const quantization = z.object({ quantization_config: z.looseObject({}) }).safeParse(raw).data?.quantization_config
  if (quantization) throw new OpenLedgerError('OL1318', { path, method: methodOf(quantization) })
  return { architecture, config: architecture.parseConfig(path, raw) }
}

/** The quantization method that a checkpoint declares, such as fp8, gptq, awq or bitsandbytes, with its bits. */
function methodOf({ quant_method, load_in_4bit, load_in_8bit, bits }: Readonly<Record<string, unknown>>): string {
  const width = load_in_4bit === true ? 4 : load_in_8bit === true ? 8 : bits
  const name = typeof quant_method === 'string' ? quant_method : 'a quantization of its own'
  return typeof width === 'number' ? `${name}, ${width} bits` : name
}

/** The `model_type` of an architecture. */
export const architectureName = (architecture: Architecture): string =>
  Object.entries(architectures).find(([, known]) => known === architecture)?.[0] ?? 'unknown'
