import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hash32 } from '../../files/hexSchemas.js'
import { parseWith } from '../../files/parseWith.js'
import { readJson } from '../../files/readText.js'
import { readWhole } from '../../files/readWhole.js'
import { adapterWeightsName } from '../../models/adapter/adapter.js'
import { manifestName } from '../../models/adapter/adapterOrigin.js'
import { trainingSettings } from '../settings/settings.js'

/** training-manifest.json: all that is needed to train the same adapter again, and to check that it is the same. */
export const manifestSchema = z.object({
  manifestVersion: z.literal(1),
  engine: z.object({
    name: z.string(),
    version: z.string(),
    onnxRuntime: z.string(),
    device: z.string(),
    /** Operators of the training programs, and those that the CPU computed for want of a kernel on the device. */
    placement: z
      .object({ operators: z.number(), onCpu: z.array(z.object({ op: z.string(), count: z.number() })).readonly() })
      .optional(),
  }),
  base: z.object({ path: z.string(), hash: hash32, id: z.string().optional(), revision: z.string().optional() }),
  data: z.object({
    /** Of one file. */
    path: z.string().optional(),
    /** Of the file; of several, over the sha256 of each, 32 bytes in their order. */
    sha256: hash32,
    /** Of several files, in the order in which they were read. */
    files: z.array(z.object({ path: z.string(), sha256: hash32, records: z.number() })).optional(),
    trained: z.number(),
    heldOut: z.number(),
    dropped: z.number(),
    formats: z.record(z.string(), z.number()).optional(),
  }),
  /** The adapter that training began with; sha256 of its weights. */
  initAdapter: z.object({ path: z.string(), sha256: hash32 }).optional(),
  /** Held-out records that came from a file of their own. */
  evalData: z.object({ path: z.string(), sha256: hash32 }).optional(),
  datanet: z.object({ name: z.string(), identity: hash32, version: z.number(), root: hash32 }).optional(),
  settings: trainingSettings,
  steps: z.number(),
  tokens: z.number(),
  evalLoss: z.object({ before: z.number(), after: z.number() }).nullable(),
  /** The best evaluation in the course of training, where there were several. */
  best: z.object({ step: z.number(), loss: z.number() }).optional(),
  adapterHash: hash32,
})

export type TrainingManifest = z.infer<typeof manifestSchema>

/**
 * Reads the training manifest of an adapter folder.
 *
 * @throws OL1406 when there is no such folder, OL1403 when the manifest is missing fields
 */
export async function readManifest(adapter: string): Promise<TrainingManifest> {
  const path = join(adapter, manifestName)
  await access(adapter).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1406', { path: adapter }, { cause })
  })
  return parseWith(
    manifestSchema,
    await readJson(path),
    ({ reason }) => new OpenLedgerError('OL1403', { path, reason }),
  )
}

/** Where the base model of an adapter is to be found: where it lay, or the Hugging Face Hub it came from. */
export const manifestBase = ({ base: { path, id, revision } }: TrainingManifest): string =>
  id === undefined || existsSync(path) ? path : `${id}@${revision}`

type DataOrigin = Pick<TrainingManifest['data'], 'path' | 'sha256' | 'files'>

/** What a manifest says of the files that were read, in their order. */
export function dataOrigin(files: NonNullable<DataOrigin['files']>): DataOrigin {
  const [first, second] = files
  if (first !== undefined && second === undefined) return { path: first.path, sha256: first.sha256 }
  const over = createHash('sha256')
  for (const { sha256 } of files) over.update(Buffer.from(sha256.slice(2), 'hex'))
  return { sha256: `0x${over.digest('hex')}`, files }
}

/** The data files that a manifest names, in their order. */
export const dataFiles = ({ path = '', sha256, files }: DataOrigin): readonly { path: string; sha256: string }[] =>
  files ?? [{ path, sha256 }]

/** sha256 of a file's bytes, 0x-prefixed. */
export const sha256File = async (path: string): Promise<`0x${string}`> =>
  `0x${createHash('sha256')
    .update(await readWhole(path))
    .digest('hex')}`

/**
 * Makes sure that an adapter's weights are those of its manifest.
 *
 * @throws OL1512 when they have changed
 */
export async function checkAdapterWeights(adapter: string, { adapterHash: wanted }: TrainingManifest): Promise<void> {
  const path = join(adapter, adapterWeightsName)
  const found = await sha256File(path)
  const hint = 'Restore its adapter_model.safetensors as training wrote it, or train it again'
  if (found !== wanted) throw new OpenLedgerError('OL1512', { what: 'adapter', path, found, wanted, hint })
}

/**
 * Where the data of a manifest lies, made sure to be the bytes that were trained on.
 *
 * @param adapter the adapter folder, which the manifest's paths start from
 * @param elsewhere where the files lie now, in the order of the manifest, if not there
 * @throws OL1404 when a file has changed, or is one too many or too few
 */
export async function trainedData(
  adapter: string,
  manifest: TrainingManifest,
  elsewhere?: readonly string[],
): Promise<readonly string[]> {
  const trained = dataFiles(manifest.data)
  const paths = elsewhere ?? trained.map(({ path }) => resolve(adapter, path))
  for (let i = 0; i < Math.max(trained.length, paths.length); i++) {
    const [path, file] = [paths[i], trained[i]]
    const found = path === undefined ? 'none, because it was not named' : await sha256File(path)
    const wanted = file?.sha256 ?? 'there is no such file'
    if (found !== wanted) throw new OpenLedgerError('OL1404', { path: path ?? file?.path ?? '', found, wanted })
  }
  return paths
}
