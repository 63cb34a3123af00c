import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import { readJson } from '../../files/readText.js'
import { reasonOf } from '../../files/reasonOf.js'
import { writeFolderAtomic } from '../../files/writeFolderAtomic.js'
import { openAdapter, serializeAdapter } from '../../models/adapter/adapter.js'
import { adapterConfig } from '../../models/adapter/adapterConfig.js'
import type { AdapterLayout } from '../../models/adapter/adapterLayout.js'
import type { Network } from '../../models/architectures/Network.js'
import { float32Tensor, openSafetensors, readFloat32, serializeSafetensors } from '../../models/weights/safetensors.js'
import { createOptimizer } from '../optimizers/createOptimizer.js'
import { manifestSchema } from '../plan/manifest.js'
import { checkOrigin, type TrainingOrigin } from '../plan/TrainingOrigin.js'
import { linesOf, type Metrics, metricsName, readMetrics } from '../step/MetricsLog.js'
import type { Resumption, TrainingState } from '../step/TrainAdapterOptions.js'
import { type TrainingEngine, trainingEngineSchema } from './trainingEngine.js'

const stateName = 'training-state.json'
const optimizerName = 'optimizer.safetensors'

const stateSchema = z.object({
  checkpointVersion: z.literal(1),
  step: z.number().int().positive(),
  /** The step of the best evaluation so far. */
  best: z.number().int().positive().optional(),
  order: z.object({
    epoch: z.number().int().positive(),
    taken: z.number().int().nonnegative(),
    random: z.array(z.number().int().nonnegative()).length(4),
  }),
  dropout: z.array(z.number().int().nonnegative()).length(4),
  /** The engine of the steps so far; checkpoints of the first versions do not have it. */
  engine: trainingEngineSchema.optional(),
  origin: manifestSchema
    .pick({ base: true, evalData: true, initAdapter: true, settings: true })
    .extend({ data: manifestSchema.shape.data.pick({ path: true, sha256: true, files: true }) }),
})

export interface Checkpoint {
  readonly step: number
  readonly path: string
}

/** The checkpoints in a folder, oldest first. */
export async function listCheckpoints(folder: string): Promise<Checkpoint[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .flatMap((name) => {
      const step = /^checkpoint-([1-9]\d*)$/.exec(name)?.[1]
      return step === undefined ? [] : [{ step: Number(step), path: join(folder, name) }]
    })
    .sort((a, b) => a.step - b.step)
}

export interface CheckpointContent {
  readonly step: number
  /** The step of the best evaluation so far. */
  readonly best: number | undefined
  readonly layout: AdapterLayout
  readonly state: TrainingState
  readonly metrics: readonly Metrics[]
  readonly engine: TrainingEngine
  readonly origin: TrainingOrigin
}

/**
 * Writes `checkpoint-<step>`: the adapter in PEFT's format, the state of the optimizer, and the positions in the data and in the
 * random numbers. The folder appears complete or not at all.
 *
 * @throws OL1901 when it cannot be written
 */
export async function writeCheckpoint(folder: string, content: CheckpointContent): Promise<void> {
  const { step, best, layout, state, metrics, engine, origin } = content
  const moments = new Map(
    Object.entries(state.optimizer.tensors).map(([name, values]) => [name, float32Tensor(values, [values.length])]),
  )
  const kept: z.input<typeof stateSchema> = {
    checkpointVersion: 1,
    step,
    ...(best !== undefined && { best }),
    order: { ...state.order, random: [...state.order.random] },
    dropout: [...state.dropout],
    engine,
    origin,
  }
  await writeFolderAtomic(join(folder, `checkpoint-${step}`), {
    'adapter_model.safetensors': serializeAdapter({ layout, values: state.values }).parts,
    'adapter_config.json': `${JSON.stringify(adapterConfig(layout, origin.base), null, 2)}\n`,
    [optimizerName]: serializeSafetensors(moments),
    [metricsName]: linesOf(metrics),
    [stateName]: `${JSON.stringify(kept, null, 2)}\n`,
  })
}

/** The state from which a training resumes, and the engine that computed it, if it is known. */
export interface ReadCheckpoint extends Resumption {
  readonly engine: TrainingEngine | undefined
}

/**
 * Reads a checkpoint, and verifies that it belongs to this training.
 *
 * @throws OL1421 and OL1422 when base, data or settings have changed, OL1423 when the checkpoint is damaged
 */
export async function readCheckpoint(
  { path }: Checkpoint,
  base: Network,
  origin: TrainingOrigin,
): Promise<ReadCheckpoint> {
  const kept = await readState(path)
  checkOrigin(path, kept.origin, origin)
  try {
    const { layout, values } = await openAdapter(path, base)
    const moments = await openSafetensors(join(path, optimizerName))
    const tensors: Record<string, Float32Array> = {}
    for (const name of moments.tensors.keys()) tensors[name] = await readFloat32(moments, name)
    const optimizer = { steps: kept.step, tensors }
    createOptimizer(layout, origin.settings, optimizer)
    const metrics = readMetrics(join(path, metricsName), kept.step)
    if (metrics.findLast((line) => 'loss' in line)?.step !== kept.step)
      throw new Error(`${metricsName} does not reach its step`)
    const best = kept.best === undefined ? undefined : join(path, '..', `checkpoint-${kept.best}`)
    return {
      values,
      optimizer,
      order: kept.order,
      dropout: kept.dropout,
      metrics,
      engine: kept.engine,
      best: best === undefined ? undefined : (await openAdapter(best, base)).values,
    }
  } catch (cause) {
    throw unusable(path, cause)
  }
}

async function readState(path: string): Promise<z.infer<typeof stateSchema>> {
  const raw = await readJson(join(path, stateName)).catch((cause: unknown) => {
    throw unusable(path, cause)
  })
  return parseWith(stateSchema, raw, ({ reason }) => unusable(path, new Error(`${stateName}: ${reason}`)))
}

const unusable = (path: string, cause: unknown): OpenLedgerError =>
  new OpenLedgerError('OL1423', { path, reason: reasonOf(cause) }, { cause })

/**
 * Removes all but the newest checkpoints.
 *
 * @param spared the step of a checkpoint that is kept regardless of its age
 */
export async function pruneCheckpoints(folder: string, limit: number, spared: number | undefined): Promise<void> {
  const all = await listCheckpoints(folder)
  for (const { step, path } of all.slice(0, Math.max(0, all.length - limit)))
    if (step !== spared) await rm(path, { recursive: true, force: true })
}
