import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { replaceFolder } from '../../files/writeFolderAtomic.js'
import { serializeAdapter } from '../../models/adapter/adapter.js'
import { adapterConfig } from '../../models/adapter/adapterConfig.js'
import type { Adapter } from '../../models/adapter/adapterLayout.js'
import { manifestName } from '../../models/adapter/adapterOrigin.js'
import type { TrainingManifest } from '../plan/manifest.js'
import { linesOf, type Metrics, metricsName } from '../step/MetricsLog.js'
import { unfinishedFolder } from './unfinished.js'

/** The report's name inside an adapter folder. */
export const reportName = 'report.html'

export interface WriteAdapterOptions {
  readonly adapter: Adapter
  readonly manifest: Omit<TrainingManifest, 'adapterHash'>
  readonly metrics: readonly Metrics[]
  /** Renders the report of the training. */
  readonly report: (manifest: TrainingManifest) => string
  /** Whether to replace an existing adapter. */
  readonly overwrite: boolean
}

/**
 * Refuses an output folder that is not empty, before training starts. Only an adapter is ever replaced, never a folder with
 * other files.
 *
 * @throws OL1901 when the path is a file, OL1902 when the folder is not empty
 */
export async function checkOutput(output: string, overwrite: boolean): Promise<void> {
  const entries = await readdir(output).catch((cause: NodeJS.ErrnoException): string[] => {
    if (cause.code === 'ENOENT') return []
    const reason = cause.code === 'ENOTDIR' ? 'the path is a file' : reasonOf(cause)
    throw new OpenLedgerError('OL1901', { path: output, reason }, { cause })
  })
  const replaceable = overwrite && entries.includes('adapter_config.json')
  if (entries.length > 0 && !replaceable) throw new OpenLedgerError('OL1902', { path: output })
}

/**
 * Writes an adapter in PEFT's format, with training manifest, metrics and report, into the unfinished folder, and renames that to
 * the output, which appears complete or not at all.
 *
 * @returns the manifest as written
 * @throws OL1901 when a file cannot be written, OL1902 when the output contains anything but an adapter to replace
 */
export async function writeAdapter(output: string, options: WriteAdapterOptions): Promise<TrainingManifest> {
  await checkOutput(output, options.overwrite)
  const folder = unfinishedFolder(output)
  const { parts, hash } = serializeAdapter(options.adapter)
  const manifest: TrainingManifest = { ...options.manifest, adapterHash: hash }
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
  const config = adapterConfig(options.adapter.layout, manifest.base)
  await writeFileAtomic(join(folder, 'adapter_model.safetensors'), parts)
  await writeFileAtomic(join(folder, 'adapter_config.json'), json(config))
  await writeFileAtomic(join(folder, manifestName), json(manifest))
  await writeFileAtomic(join(folder, metricsName), linesOf(options.metrics))
  await writeFileAtomic(join(folder, reportName), options.report(manifest))
  await writeFileAtomic(join(folder, 'README.md'), modelCard(manifest))
  await replaceFolder(folder, resolve(output)).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1901', { path: output, reason: reasonOf(cause) }, { cause })
  })
  return manifest
}

const modelCard = ({ base, data, settings, evalLoss, datanet }: TrainingManifest): string => `---
base_model: ${JSON.stringify(base.id ?? base.path)}
library_name: peft
tags: [lora, openledger]
---
# LoRA adapter

Trained by openledger on ${datanet ? `version ${datanet.version} of the Datanet ${datanet.name}` : 'a local file'}: ${data.trained} records,
rank ${settings.rank}, alpha ${settings.alpha}, seed ${settings.seed}.
${evalLoss ? `Held-out loss ${evalLoss.before.toFixed(4)} before, ${evalLoss.after.toFixed(4)} after.` : 'No held-out records were given.'}

\`training-manifest.json\` has every setting and the hashes of base, data and adapter.
`
