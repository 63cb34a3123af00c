import { createHash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'
import { float32Tensor, openSafetensors, readFloat32, serializeSafetensors } from '../models/weights/safetensors.js'

/** One evaluation: the loss of the step's batch and of the held-out text, in nats per token. */
export type CurvePoint = readonly [step: number, loss: number, heldOut: number]

/** The state of a run, from which training resumes. */
export interface PretrainingState {
  /** Number of finished steps. */
  readonly step: number
  readonly values: Float32Array
  /** Momentum of Muon, for the linear layers. */
  readonly momentum: Float32Array
  /** First moment of AdamW, for all other parameters. */
  readonly first: Float32Array
  /** Second moment of AdamW. */
  readonly second: Float32Array
  readonly curve: readonly CurvePoint[]
}

const tensorNames = ['values', 'momentum', 'first', 'second'] as const

const metadataSchema = z.object({
  step: z.coerce.number().int().positive(),
  curve: z.string().transform((text) => z.array(z.tuple([z.number(), z.number(), z.number()])).parse(JSON.parse(text))),
  origin: z.string(),
})

/** A hash of everything that defines a run, so that a run does not resume from the checkpoint of another. */
export const originOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** @throws OL1901 when it cannot be written */
export async function writeCheckpoint(path: string, state: PretrainingState, origin: string): Promise<void> {
  const tensors = new Map(tensorNames.map((name) => [name, float32Tensor(state[name], [state[name].length])]))
  const metadata = { step: String(state.step), curve: JSON.stringify(state.curve), origin }
  await writeFileAtomic(path, serializeSafetensors(tensors, metadata))
}

/**
 * Reads the checkpoint of a run; undefined if there is none.
 *
 * @param sizes elements of each tensor
 * @throws OL1460 when the checkpoint is damaged, or of other settings or text
 */
export async function readCheckpoint(
  path: string,
  origin: string,
  sizes: Readonly<Record<(typeof tensorNames)[number], number>>,
): Promise<PretrainingState | undefined> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (!isThere) return undefined
  const refuse = (reason: string, cause?: unknown): never => {
    throw new OpenLedgerError('OL1460', { path, reason }, { cause })
  }
  const file = await openSafetensors(path).catch((cause: unknown) => refuse(reasonOf(cause), cause))
  const metadata = metadataSchema.safeParse(file.metadata)
  if (!metadata.success) return refuse('its metadata is missing or malformed')
  if (metadata.data.origin !== origin) return refuse('it was trained with other settings, or on other text')
  const tensors: Record<(typeof tensorNames)[number], Float32Array> = {
    values: empty,
    momentum: empty,
    first: empty,
    second: empty,
  }
  for (const name of tensorNames) {
    if (file.tensors.get(name)?.shape[0] !== sizes[name]) return refuse(`${name} is missing or of another size`)
    tensors[name] = await readFloat32(file, name)
  }
  const { step, curve } = metadata.data
  return { step, curve, ...tensors }
}

const empty = new Float32Array(0)
