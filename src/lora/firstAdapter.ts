import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type AdapterLayout, adapterLayout, openAdapter } from '../models/adapter.js'
import type { BaseModel } from '../models/BaseModel.js'
import { manifestName, readManifest, sha256File } from './manifest.js'
import type { TrainingSettings, TrainingSettingsInput } from './settings.js'

/** An adapter that training begins with. */
export interface FirstAdapter {
  readonly path: string
  readonly sha256: `0x${string}`
  readonly values: Float32Array
  /** What the adapter decides of the settings. */
  readonly settings: Pick<TrainingSettings, 'rank' | 'alpha' | 'useRslora' | 'useDora' | 'targetModules' | 'layers'>
}

/**
 * Opens an adapter to train it further.
 *
 * @param given settings that were asked for: what an adapter decides by its shape must be the same, or be left out
 * @throws OL1406 when there is none, OL1308 and OL1309 when it does not fit the base model
 * @throws OL1426 when its manifest names another base model, OL1427 when settings contradict it
 */
export async function openFirstAdapter(
  adapter: string,
  base: BaseModel,
  given: TrainingSettingsInput,
): Promise<FirstAdapter> {
  const path = resolve(adapter)
  await access(join(path, 'adapter_config.json')).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1406', { path: adapter }, { cause })
  })
  // One that other tools trained has no manifest; that it fits is all that is known.
  if (await exists(join(path, manifestName))) {
    const { base: wanted } = await readManifest(path)
    if (wanted.hash !== base.hash)
      throw new OpenLedgerError('OL1426', { path: adapter, base: base.path, found: base.hash, wanted: wanted.hash })
  }
  const { layout, values } = await openAdapter(path, base)
  const changes = contradictions(layout, base, given)
  if (changes.length > 0) throw new OpenLedgerError('OL1427', { path: adapter, changes: changes.join('; ') })
  const { rank, alpha, useRslora, useDora, targetModules, layers } = layout
  return {
    path,
    sha256: await sha256File(join(path, 'adapter_model.safetensors')),
    values,
    settings: {
      rank,
      alpha,
      useRslora,
      useDora,
      targetModules: typeof targetModules === 'string' ? targetModules : [...targetModules],
      ...(layers && { layers: [...layers] }),
    },
  }
}

function contradictions(layout: AdapterLayout, base: BaseModel, given: TrainingSettingsInput): string[] {
  const numbers = (['rank', 'alpha'] as const).filter(
    (name) => given[name] !== undefined && given[name] !== layout[name],
  )
  // A switch that is off was not asked for.
  const switches = (['useRslora', 'useDora'] as const).filter((name) => given[name] === true && !layout[name])
  const modules = (options: Partial<AdapterLayout>): string =>
    adapterLayout(base, { ...layout, ...options })
      .parameters.map(({ module }) => module)
      .join()
  const places = (['targetModules', 'layers'] as const).filter(
    (name) => given[name] !== undefined && modules({ [name]: given[name] }) !== modules({}),
  )
  return [...numbers, ...switches, ...places].map(
    (name) => `${name} is ${JSON.stringify(given[name])}, the adapter has ${JSON.stringify(layout[name]) ?? 'all'}`,
  )
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
