import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import {
  checkAdapterWeights,
  manifestBase,
  readManifest,
  type TrainingManifest,
  trainedData,
} from '../../lora/plan/manifest.js'
import { type EncodedRecord, readTrainingData } from '../../lora/plan/trainingData.js'
import { openAdapter } from '../../models/adapter/adapter.js'
import type { Adapter } from '../../models/adapter/adapterLayout.js'
import { refusedField } from '../../models/adapter/peftFields.js'
import { type BaseModel, openBaseModel } from '../../models/base/BaseModel.js'
import type { ResolvedBase } from '../../models/hub/resolveBase.js'

/** A trained adapter with its base model and data, all checked against its manifest. */
export interface Trained {
  readonly path: string
  readonly manifest: TrainingManifest
  readonly base: BaseModel
  readonly adapter: Adapter
  /** The records that were trained on, in file order. */
  readonly records: readonly EncodedRecord[]
  /** The records that were held out, in file order. */
  readonly held: readonly EncodedRecord[]
}

export interface OpenTrainedParameters {
  readonly adapter: string
  /** Another path to the same base model than the manifest names. */
  readonly base?: string | ResolvedBase
  /** Other paths to the same data than the manifest names. */
  readonly data?: string | readonly string[]
}

/**
 * Opens an adapter folder with its base model and its training data, and checks by hash that the adapter was trained with them:
 * influence computed on anything else would be meaningless.
 *
 * @throws OL1403 and OL1404 when the manifest or the data is wrong, OL1512 when base or adapter have changed
 */
export async function openTrained({ adapter: path, base: basePath, data }: OpenTrainedParameters): Promise<Trained> {
  const manifest = await readManifest(path)
  // int8 products only speed up training; attribution uses the float32 model.
  const { quantize } = manifest.settings
  const base = await openBaseModel(basePath ?? manifestBase(manifest), { quantize })
  if (base.hash !== manifest.base.hash)
    throw new OpenLedgerError('OL1512', {
      what: 'base model',
      path: base.path,
      found: base.hash,
      wanted: manifest.base.hash,
      hint: 'Name the base model that the adapter was trained on with --base',
    })
  await checkAdapterWeights(path, manifest)
  const adapter = await openAdapter(path, base)
  const whole = adapter.layout.parameters.find(({ side }) => side === 'whole')
  if (whole)
    throw refusedField(
      path,
      whole.name.endsWith('.bias') ? 'bias' : 'modules_to_save',
      whole.name,
      'Attribute the answers of an adapter that trains no tensor of the base itself: each record would have a gradient of its size',
    )
  const files = await trainedData(path, manifest, data === undefined ? undefined : [data].flat())
  const { train: records, held } = await readTrainingData(base, files, manifest.settings)
  return { path, manifest, base, adapter, records, held }
}
