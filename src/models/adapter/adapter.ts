import { createHash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { formatShape, sameShape } from '../../onnx/graph/Value.js'
import type { Network } from '../architectures/Network.js'
import { readWeight } from '../weights/readWeight.js'
import {
  float32Tensor,
  openSafetensors,
  readFloat32,
  type SafetensorsFile,
  serializeSafetensors,
} from '../weights/safetensors.js'
import { type AdapterConfig, readAdapterConfig } from './adapterConfig.js'
import { type Adapter, type AdapterLayout, type AdapterParameter, adapterLayout } from './adapterLayout.js'
import { asPlainLora } from './asPlainLora.js'
import { refusedField } from './peftFields.js'

const prefix = 'base_model.model.'

/**
 * A parameter's name in adapter_model.safetensors. PEFT stores the matrices of a linear layer as layers (`.weight`), the bias
 * of an adapted layer under its `base_layer`, and everything else under its own name.
 */
function keyOf({ scalings }: AdapterLayout, { name, module, side }: AdapterParameter): string {
  if (side === 'whole' && scalings.has(module)) return `${prefix}${module}.base_layer${name.slice(module.length)}`
  return `${prefix}${name}${side === 'lora_A' || side === 'lora_B' ? '.weight' : ''}`
}

/** Serializes adapter_model.safetensors in PEFT's format; `hash` is its sha256. */
export function serializeAdapter({ layout, values }: Adapter): { parts: Uint8Array[]; hash: `0x${string}` } {
  const tensors = new Map(
    layout.parameters.map((parameter) => {
      const { shape, offset, size } = parameter
      return [keyOf(layout, parameter), float32Tensor(values.subarray(offset, offset + size), shape)]
    }),
  )
  const parts = serializeSafetensors(tensors, { format: 'pt' })
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return { parts, hash: `0x${hash.digest('hex')}` }
}

/** The name of the file with an adapter's tensors. */
export const adapterWeightsName = 'adapter_model.safetensors'

/**
 * Opens the tensors of an adapter folder.
 *
 * @throws OL1317 when only a pickle file contains them, OL1300 when the file is damaged, OL1900 when there is none
 */
export async function openAdapterWeights(path: string): Promise<SafetensorsFile> {
  const file = join(path, adapterWeightsName)
  const has = (name: string): Promise<boolean> =>
    access(join(path, name)).then(
      () => true,
      () => false,
    )
  if (!(await has(adapterWeightsName)) && (await has('adapter_model.bin')))
    throw new OpenLedgerError('OL1317', { path })
  return openSafetensors(file)
}

/**
 * Reads a PEFT LoRA adapter folder for a base model. An adapter for which PEFT changes the base weights (PiSSA, OLoRA) becomes
 * an equivalent plain LoRA adapter of twice the rank; see {@link asPlainLora}.
 *
 * @throws OL1308 when the folder is not a LoRA adapter, OL1316 when it uses an option that is not implemented
 * @throws OL1309 when its tensors do not fit the model, OL1314 when they contain NaN or infinities
 * @throws OL1317 when its tensors are in a pickle file
 */
export async function openAdapter(path: string, base: Network): Promise<Adapter> {
  const config = await readAdapterConfig(path)
  const layout = layoutOf(path, config, base)
  const adapter = { layout, values: await readValues(path, layout, base, config.base ?? 'not named') }
  return config.mutation === undefined ? adapter : asPlainLora(path, adapter, config.mutation, base)
}

function layoutOf(path: string, config: AdapterConfig, base: Network): AdapterLayout {
  const targetModules = config.targetModules ?? base.architecture.defaultTargets
  if (targetModules === undefined)
    throw new OpenLedgerError('OL1308', {
      path,
      reason: 'target_modules is missing, and PEFT has no default for this model',
    })
  const { base: _, mutation: __, ...options } = config
  const layout = adapterLayout(base, { ...options, targetModules })
  const embedded = layout.parameters.find(({ side }) => side === 'lora_embedding_A')
  if (layout.useDora && embedded)
    throw refusedField(
      path,
      'use_dora',
      true,
      `Use an adapter without DoRA, or one that leaves ${embedded.module} alone`,
    )
  return layout
}

async function readValues(path: string, layout: AdapterLayout, network: Network, base: string): Promise<Float32Array> {
  const file = await openAdapterWeights(path)
  const misfit = (reason: string): OpenLedgerError => new OpenLedgerError('OL1309', { path, base, reason })
  const unread = new Set(file.tensors.keys())
  // All shapes are checked before any memory is allocated, because the rank in the configuration may be wrong.
  for (const parameter of layout.parameters) {
    const key = keyOf(layout, parameter)
    const entry = file.tensors.get(key)
    if (entry === undefined) throw misfit(`it has no ${key}`)
    if (!sameShape(entry.shape, parameter.shape))
      throw misfit(`${key} is ${formatShape(entry.shape)}, the model requires ${formatShape(parameter.shape)}`)
    unread.delete(key)
  }
  for (const { key, module, isEqual } of await copiesOfBase(file, unread, network)) {
    if (!isEqual) throw misfit(`its weights of ${module} differ from the base’s`)
    unread.delete(key)
  }
  const [extra] = unread
  if (extra !== undefined) throw misfit(`the model has no place for ${extra}`)
  const values = new Float32Array(layout.size)
  for (const parameter of layout.parameters) {
    const key = keyOf(layout, parameter)
    const part = await readFloat32(file, key)
    if (!part.every(Number.isFinite)) throw new OpenLedgerError('OL1314', { path: file.path, name: key })
    values.set(part, parameter.offset)
  }
  return values
}

/**
 * Finds base weights in an adapter file. With an adapter on the embeddings or the head, PEFT also saves the base weights of
 * that module and loads them with the adapter. Copies of the base's weights are harmless; other weights would change the
 * model.
 *
 * @returns the tensors of this kind, and whether each equals the base's
 */
async function copiesOfBase(
  file: SafetensorsFile,
  keys: ReadonlySet<string>,
  { architecture, config, weights }: Network,
): Promise<{ readonly key: string; readonly module: string; readonly isEqual: boolean }[]> {
  const [embedding, head] = [architecture.embedding(config), architecture.head(config)]
  const shape = [config.vocabSize, config.hiddenSize]
  const tensors = [
    { name: embedding.name, tensor: `${embedding.name}.weight` },
    { name: head.name, tensor: head.tensor ?? `${head.name}.weight` },
  ]
  const found = tensors.flatMap(({ name, tensor }) =>
    [`${prefix}${name}.base_layer.weight`, `${prefix}${name}.weight`]
      .filter((key) => keys.has(key))
      .map((key) => ({ key, module: name, tensor })),
  )
  return Promise.all(
    found.map(async ({ key, module, tensor }) => {
      if (!sameShape(file.tensors.get(key)?.shape ?? [], shape)) return { key, module, isEqual: false }
      const [own, saved] = [await readWeight(weights(tensor, shape), file.path), await readFloat32(file, key)]
      return { key, module, isEqual: own.every((value, i) => value === saved[i]) }
    }),
  )
}
