import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hash32 } from '../../files/hexSchemas.js'
import { reasonOf } from '../../files/reasonOf.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { float32Tensor, openSafetensors, readFloat32, serializeSafetensors } from '../../models/weights/safetensors.js'
import { checkGradients, type GradientMatrix } from '../gradients/GradientMatrix.js'

const format = 'openledger-influence-1'
const signConvention = 'a positive score means that training on the record lowered the loss of the answer'

const detailsSchema = z.object({
  adapterHash: hash32,
  dataHash: hash32,
  recordIds: z.array(z.string()),
  blocks: z.array(
    z.object({ name: z.string(), offset: z.number().int().nonnegative(), size: z.number().int().positive() }),
  ),
})

/** The adapter and the data that an index was made from. */
export interface IndexOrigin {
  /** sha256 of adapter_model.safetensors, 0x-prefixed. */
  readonly adapterHash: string
  /** sha256 of the data, 0x-prefixed, as in the training manifest. */
  readonly dataHash: string
}

export interface IndexMetadata extends IndexOrigin {
  /** The record id of each row. */
  readonly recordIds: readonly string[]
}

export interface InfluenceIndex {
  readonly metadata: IndexMetadata
  readonly gradients: GradientMatrix
}

/**
 * Writes the records' gradients as one safetensors file: a float32 tensor `gradients` [records, parameters], with format, sign
 * convention, hashes of adapter and data, blocks and record ids in its metadata.
 *
 * @throws OL1500 when the matrix and its blocks or record ids do not fit together
 * @throws OL1901 when the file cannot be written
 */
export async function writeInfluenceIndex(
  path: string,
  gradients: GradientMatrix,
  metadata: IndexMetadata,
): Promise<void> {
  checkGradients(gradients)
  if (metadata.recordIds.length !== gradients.rows)
    throw new OpenLedgerError('OL1500', {
      reason: `${metadata.recordIds.length} record ids for ${gradients.rows} rows`,
    })
  const { rows, columns, blocks } = gradients
  const data = gradients.data instanceof Float32Array ? gradients.data : Float32Array.from(gradients.data)
  const { adapterHash, dataHash, recordIds } = metadata
  const details = detailsSchema.parse({ adapterHash, dataHash, recordIds, blocks })
  await writeFileAtomic(
    path,
    serializeSafetensors(new Map([['gradients', float32Tensor(data, [rows, columns])]]), {
      format,
      signConvention,
      details: JSON.stringify(details),
    }),
  )
}

/**
 * Opens an index, and checks that it was made from the given adapter and data.
 *
 * @throws OL1505 when it was made from another adapter or other data
 * @throws OL1506 when the file is not an influence index
 * @throws OL1300 when it is not a sound safetensors file
 */
export async function openInfluenceIndex(path: string, expected: IndexOrigin): Promise<InfluenceIndex> {
  const invalid = (reason: string, cause?: unknown): OpenLedgerError =>
    new OpenLedgerError('OL1506', { path, reason }, { cause })
  const file = await openSafetensors(path)
  if (file.metadata['format'] !== format)
    throw invalid(`its format is ${file.metadata['format'] ?? 'not given'}, not ${format}`)
  let details: z.infer<typeof detailsSchema>
  try {
    details = detailsSchema.parse(JSON.parse(file.metadata['details'] ?? 'null'))
  } catch (cause) {
    throw invalid(`its metadata is damaged: ${reasonOf(cause)}`, cause)
  }
  for (const [what, key] of [
    ['adapter', 'adapterHash'],
    ['data', 'dataHash'],
  ] as const)
    if (details[key] !== expected[key])
      throw new OpenLedgerError('OL1505', { path, what, found: details[key], expected: expected[key] })
  const [rows, columns] = file.tensors.get('gradients')?.shape ?? []
  if (rows === undefined || columns === undefined) throw invalid('it has no matrix named gradients')
  if (details.recordIds.length !== rows)
    throw invalid(`it names ${details.recordIds.length} records and has ${rows} rows`)
  const { blocks, ...metadata } = details
  const gradients = { rows, columns, blocks, data: await readFloat32(file, 'gradients') }
  checkGradients(gradients)
  return { metadata, gradients }
}
