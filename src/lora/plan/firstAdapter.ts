import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { adapterWeightsName, openAdapter } from '../../models/adapter/adapter.js'
import { conversionHint, readAdapterConfig } from '../../models/adapter/adapterConfig.js'
import { type AdapterLayout, type AdapterOptions, adapterLayout } from '../../models/adapter/adapterLayout.js'
import { checkAdapterBase, type OnOtherBase } from '../../models/adapter/adapterOrigin.js'
import { refusedField } from '../../models/adapter/peftFields.js'
import type { BaseModel } from '../../models/base/BaseModel.js'
import type { TrainingSettings, TrainingSettingsInput } from '../settings/settings.js'
import { sha256File } from './manifest.js'

/** The settings that an adapter decides by being what it is. */
const decided = [
  'rank',
  'alpha',
  'useRslora',
  'useDora',
  'targetModules',
  'excludeModules',
  'layers',
  'layersPattern',
  'rankPattern',
  'alphaPattern',
  'modulesToSave',
  'bias',
] as const satisfies readonly (keyof AdapterOptions & keyof TrainingSettings)[]
type Decided = (typeof decided)[number]

/** An adapter that training begins with. */
export interface FirstAdapter {
  readonly path: string
  readonly sha256: `0x${string}`
  readonly values: Float32Array
  /** What the adapter decides of the settings. */
  readonly settings: Pick<TrainingSettings, Decided>
}

/**
 * Opens an adapter to train it further.
 *
 * @param given settings that were asked for: what an adapter decides by its shape must be the same, or be left out
 * @param onOtherBase goes on where the adapter was trained on another base model, and is told
 * @throws OL1406 when there is none, OL1308, OL1309 and OL1316 when it does not fit the base model
 * @throws OL1426 when its manifest names another base model, OL1427 when settings contradict it
 */
export async function openFirstAdapter(
  adapter: string,
  base: BaseModel,
  given: TrainingSettingsInput,
  onOtherBase?: OnOtherBase,
): Promise<FirstAdapter> {
  const path = resolve(adapter)
  await access(join(path, 'adapter_config.json')).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1406', { path: adapter }, { cause })
  })
  await checkAdapterBase(path, base, onOtherBase)
  // As plain LoRA it would train what PEFT takes out of the base, too.
  const { mutation } = await readAdapterConfig(path)
  if (mutation !== undefined) throw refusedField(path, 'init_lora_weights', mutation, conversionHint)
  const { layout, values } = await openAdapter(path, base)
  const changes = contradictions(layout, base, given)
  if (changes.length > 0) throw new OpenLedgerError('OL1427', { path: adapter, changes: changes.join('; ') })
  return {
    path,
    sha256: await sha256File(join(path, adapterWeightsName)),
    values,
    // Settings that the adapter leaves open are left out, as in a file of settings.
    settings: structuredClone(
      Object.fromEntries(decided.flatMap((name) => (layout[name] === undefined ? [] : [[name, layout[name]]]))),
    ) as FirstAdapter['settings'],
  }
}

function contradictions(layout: AdapterLayout, base: BaseModel, given: TrainingSettingsInput): string[] {
  const shape = (options: Partial<AdapterOptions>): string => {
    const { parameters, scalings } = adapterLayout(base, { ...layout, ...options })
    return JSON.stringify([parameters, ...scalings])
  }
  return decided
    .filter((name) => {
      const value = given[name]
      // A switch that is off was not asked for.
      return value !== undefined && value !== false && shape({ [name]: value }) !== shape({})
    })
    .map(
      (name) => `${name} is ${JSON.stringify(given[name])}, the adapter has ${JSON.stringify(layout[name]) ?? 'all'}`,
    )
}
