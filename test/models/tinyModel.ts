import { mkdtempSync } from 'node:fs'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { readArchitecture } from '../../src/models/architectures/architectures.js'
import { Random } from '../../src/models/random.js'
import { float32Tensor, serializeSafetensors, type TensorData } from '../../src/models/weights/safetensors.js'

/** A folder for the tests of one file, removed after them. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openledger-test-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export const tinyConfig = {
  model_type: 'llama',
  vocab_size: 2048,
  hidden_size: 16,
  intermediate_size: 32,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  hidden_act: 'silu',
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
}

interface TinyModel {
  readonly config?: Readonly<Record<string, unknown>>
  /** Another chat template than the bundled model's; none at all where it is null. */
  readonly template?: string | null
  /** Changes the tensors before they are written. */
  readonly change?: (tensors: Map<string, TensorData>) => void
}

/** Writes a Hugging Face folder of a random Llama with the bundled tokenizer. */
export async function writeTinyModel(folder: string, { config, template, change }: TinyModel = {}): Promise<string> {
  await mkdir(folder, { recursive: true })
  const raw = { ...tinyConfig, ...config }
  await writeFile(join(folder, 'config.json'), JSON.stringify(raw))
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    await copyFile(join('base-model', name), join(folder, name))
  if (template === undefined) await copyFile('base-model/chat_template.jinja', join(folder, 'chat_template.jinja'))
  else if (template !== null) await writeFile(join(folder, 'chat_template.jinja'), template)
  const tensors = randomTensors(raw)
  change?.(tensors)
  await writeFile(join(folder, 'model.safetensors'), Buffer.concat(serializeSafetensors(tensors)))
  return folder
}

function randomTensors(raw: unknown): Map<string, TensorData> {
  const { architecture, config } = readArchitecture('tiny', raw)
  const random = new Random(7)
  const tensor = (shape: readonly number[], of: () => number): TensorData =>
    float32Tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, of), shape)
  const noise = (): number => (random.uniform() - 0.5) * 0.5
  const one = (): number => 1
  const tensors = new Map([
    ['model.embed_tokens.weight', tensor([config.vocabSize, config.hiddenSize], noise)],
    ['model.norm.weight', tensor([config.hiddenSize], one)],
  ])
  for (const { name, inputs, outputs } of architecture.modules(config))
    tensors.set(`${name}.weight`, tensor([outputs, inputs], noise))
  for (let layer = 0; layer < config.layers; layer++)
    for (const norm of ['input_layernorm', 'post_attention_layernorm'])
      tensors.set(`model.layers.${layer}.${norm}.weight`, tensor([config.hiddenSize], one))
  return tensors
}

/** A data file of the given records, one JSON object a line. */
export async function writeJsonLines(path: string, values: readonly unknown[]): Promise<string> {
  await writeFile(path, values.map((value) => `${JSON.stringify(value)}\n`).join(''))
  return path
}
