import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'
import { type Adapter, adapterConfig, serializeAdapter } from '../models/adapter.js'
import { manifestName, type TrainingManifest } from './manifest.js'
import type { TrainingStep } from './trainAdapter.js'

export interface WriteAdapterOptions {
  readonly adapter: Adapter
  readonly manifest: Omit<TrainingManifest, 'adapterHash'>
  readonly history: readonly TrainingStep[]
  /** Replace a folder that exists. */
  readonly overwrite: boolean
}

/**
 * Refuses to train into a folder with something in it, before time is spent.
 *
 * @throws OL1902 when the folder is not empty
 */
export async function checkOutput(output: string, overwrite: boolean): Promise<void> {
  const entries = await readdir(output).catch(() => [])
  if (entries.length > 0 && !overwrite) throw new OpenLedgerError('OL1902', { path: output })
}

/**
 * Writes an adapter folder that PEFT opens, with the training manifest and metrics.jsonl beside it. The folder appears
 * whole or not at all.
 *
 * @returns the manifest as written
 * @throws OL1901 when it cannot be written, OL1902 when the folder is not empty
 */
export async function writeAdapter(output: string, options: WriteAdapterOptions): Promise<TrainingManifest> {
  await checkOutput(output, options.overwrite)
  const target = resolve(output)
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
  const { parts, hash } = serializeAdapter(options.adapter)
  const manifest: TrainingManifest = { ...options.manifest, adapterHash: hash }
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
  try {
    await mkdir(temporary, { recursive: true })
    await writeFileAtomic(join(temporary, 'adapter_model.safetensors'), parts)
    await writeFileAtomic(
      join(temporary, 'adapter_config.json'),
      json(adapterConfig(options.adapter.layout, manifest.base.path)),
    )
    await writeFileAtomic(join(temporary, manifestName), json(manifest))
    const lines = options.history.map((step) => `${JSON.stringify(step)}\n`).join('')
    await writeFileAtomic(join(temporary, 'metrics.jsonl'), lines)
    await writeFileAtomic(join(temporary, 'README.md'), modelCard(manifest))
    await replaceFolder(temporary, target)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true })
    if (cause instanceof OpenLedgerError) throw cause
    throw new OpenLedgerError('OL1901', { path: output, reason: reasonOf(cause) }, { cause })
  }
  return manifest
}

/** Puts a folder in another's place; the old one is removed only once the new one stands. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const old = `${from}.old`
  const moved = await rename(to, old).then(
    () => true,
    () => false,
  )
  await rename(from, to)
  if (moved) await rm(old, { recursive: true, force: true })
}

const modelCard = ({ base, data, settings, evalLoss, datanet }: TrainingManifest): string => `---
base_model: ${base.path}
library_name: peft
tags: [lora, openledger]
---
# LoRA adapter

Trained by openledger on ${datanet ? `version ${datanet.version} of the Datanet ${datanet.name}` : 'a local file'}: ${data.trained} records,
rank ${settings.rank}, alpha ${settings.alpha}, seed ${settings.seed}.
${evalLoss ? `Held-out loss ${evalLoss.before.toFixed(4)} before, ${evalLoss.after.toFixed(4)} after.` : 'No held-out records were given.'}

\`training-manifest.json\` has every setting and the hashes of base, data and adapter.
`
