import { access, mkdir, rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { openAdapter } from '../../models/adapter/adapter.js'
import { manifestName } from '../../models/adapter/adapterOrigin.js'
import type { RunDevice } from '../../onnx/graph/RunDevice.js'
import { runtimeVersion } from '../../onnx/runtime/Program.js'
import type { Placement } from '../../onnx/runtime/placement.js'
import { version } from '../../version.js'
import { dataOrigin, readManifest, type TrainingManifest } from '../plan/manifest.js'
import { type PreparedTraining, prepareTraining, type TrainingInput } from '../plan/prepareTraining.js'
import { checkOrigin } from '../plan/TrainingOrigin.js'
import type { TrainingPlan } from '../plan/TrainingPlan.js'
import { describeTraining } from '../report/describeTraining.js'
import { linesOf, type Metrics, MetricsLog, metricsName, readMetrics } from '../step/MetricsLog.js'
import { memoryInUse } from '../step/peakMemory.js'
import type { TrainingEvaluation, TrainingResult, TrainingStep } from '../step/TrainAdapterOptions.js'
import { trainAdapter } from '../step/trainAdapter.js'
import {
  listCheckpoints,
  pruneCheckpoints,
  type ReadCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.js'
import { lockOutput } from './outputLock.js'
import { engineChanges, trainingEngine } from './trainingEngine.js'
import { unfinishedFolder } from './unfinished.js'
import { checkOutput, writeAdapter } from './writeAdapter.js'

export interface TrainParameters extends TrainingInput {
  /** Folder to write the adapter to. */
  readonly output: string
  /** Replace an existing adapter, and discard an interrupted training into it. */
  readonly overwrite?: boolean
  /**
   * Resume from the newest checkpoint of an interrupted training into `output`, or start from the beginning if there is none.
   * A finished training is left unchanged.
   */
  readonly resume?: boolean
  readonly datanet?: TrainingManifest['datanet']
  readonly signal?: AbortSignal
  readonly onPlan?: (plan: TrainingPlan) => void
  /** Called on resume with the last finished step, the metrics so far, and how the engine has changed since. */
  readonly onResume?: (step: number, metrics: readonly Metrics[], engineChanges: readonly string[]) => void
  readonly onStep?: (step: TrainingStep) => void
  readonly onEvaluation?: (evaluation: TrainingEvaluation) => void
  readonly onCheckpoint?: (step: number) => void
  /** Called after the first step, on every device except the CPU. */
  readonly onPlacement?: (placement: Placement, device: RunDevice) => void
}

export interface TrainReturnType {
  readonly output: string
  readonly manifest: TrainingManifest
  readonly plan: TrainingPlan
  readonly result: TrainingResult
}

/**
 * Fine-tunes an adapter on files of records and writes it as a PEFT folder. While it trains, `<output>.partial` has its
 * checkpoints, and metrics.jsonl with a line a step (`tail -f` follows it).
 *
 * @throws OL1302 and others of a bad base model, OL1311 of a bad record, OL1400 of a bad setting, OL1902 when `output`
 * is not empty, OL1405 when another process trains into it, OL1901 when it cannot be written
 * @throws OL1420 when a training was interrupted there, OL1421 to OL1423 when it cannot be resumed
 * @example
 * const { manifest } = await train({ base: 'base-model', data: 'records.jsonl', output: 'adapters/first' })
 */
export async function train(parameters: TrainParameters): Promise<TrainReturnType> {
  const { output, overwrite = false, resume = false, signal } = parameters
  if (!resume) await checkOutput(output, overwrite)
  const prepared = await prepareTraining(parameters)
  parameters.onPlan?.(prepared.plan)
  const release = await lockOutput(output)
  try {
    const unfinished = (await listCheckpoints(unfinishedFolder(output))).at(-1)
    if (unfinished && !resume && !overwrite)
      throw new OpenLedgerError('OL1420', { path: output, step: unfinished.step })
    if (resume && !unfinished && (await isFinished(output))) return await finished(output, prepared)
    await checkOutput(output, overwrite)
    signal?.throwIfAborted()
    const from = resume && unfinished ? await readCheckpoint(unfinished, prepared.base, prepared.origin) : undefined
    return await trainFrom(from, prepared, parameters).finally(() => removeUnlessKept(unfinishedFolder(output)))
  } finally {
    await release()
  }
}

async function trainFrom(
  from: ReadCheckpoint | undefined,
  { base, examples, held, settings, layout, initial, plan, origin }: PreparedTraining,
  { output, overwrite = false, datanet, signal, ...callbacks }: TrainParameters,
): Promise<TrainReturnType> {
  const folder = unfinishedFolder(output)
  const engine = trainingEngine(plan.device)
  if (from === undefined) await rm(folder, { recursive: true, force: true })
  else callbacks.onResume?.(from.optimizer.steps, from.metrics, from.engine ? engineChanges(from.engine, engine) : [])
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(join(folder, metricsName), linesOf(from?.metrics ?? []))
  const log = MetricsLog.open(join(folder, metricsName), from?.optimizer.steps)
  const evaluations: TrainingEvaluation[] = []
  const keepAll = settings.saveSteps !== undefined
  try {
    const result = await trainAdapter(base, examples, held, {
      settings,
      layout,
      device: plan.device,
      ...(initial && { initial }),
      ...(from && { resume: from }),
      async keep(state, { step, best }) {
        await writeCheckpoint(folder, { step, best, layout, state, metrics: log.lines, engine, origin })
        await pruneCheckpoints(folder, settings.saveTotalLimit ?? (keepAll ? Number.POSITIVE_INFINITY : 1), best)
        callbacks.onCheckpoint?.(step)
      },
      onStep(report) {
        const { steps: _, ...line } = report
        log.append(line)
        callbacks.onStep?.(report)
      },
      onEvaluation(report) {
        const { step, epoch, seconds, evaluation } = report
        evaluations.push(report)
        log.append({ step, epoch, evalLoss: evaluation.loss, seconds, memoryBytes: memoryInUse() })
        callbacks.onEvaluation?.(report)
      },
      onPlacement: (placement) => callbacks.onPlacement?.(placement, plan.device),
      ...(signal && { signal }),
    })
    const manifest = await writeAdapter(output, {
      adapter: result.adapter,
      metrics: log.lines,
      report: (manifest) =>
        describeTraining({
          output,
          manifest,
          metrics: log.lines,
          tokenizer: base.tokenizer,
          held,
          evaluations,
          plan,
          parameters: layout.size,
        }),
      overwrite,
      manifest: {
        manifestVersion: 1,
        engine: {
          name: 'openledger',
          version,
          onnxRuntime: runtimeVersion,
          device: plan.device,
          ...(result.placement && { placement: result.placement }),
        },
        ...origin,
        data: {
          // Relative to the adapter, so that a workspace can be moved as a whole.
          ...dataOrigin(plan.files.map((file) => ({ ...file, path: relative(resolve(output), resolve(file.path)) }))),
          trained: plan.records,
          heldOut: held.length,
          dropped: plan.droppedRecords,
          formats: plan.formats,
        },
        ...(datanet && { datanet }),
        steps: result.history.length,
        tokens: result.tokens,
        evalLoss: result.evalLoss ?? null,
        ...(result.best && { best: result.best }),
      },
    })
    // Checkpoints that nobody asked for are removed, except the best one where the adapter is that of the last step.
    const spared = settings.earlyStopping === undefined ? result.best?.step : undefined
    if (!keepAll) await pruneCheckpoints(resolve(output), 0, spared)
    return { output: resolve(output), manifest, plan, result }
  } finally {
    log.close()
  }
}

/** A training that stopped before its first checkpoint leaves nothing. */
async function removeUnlessKept(folder: string): Promise<void> {
  if ((await listCheckpoints(folder)).length === 0) await rm(folder, { recursive: true, force: true })
}

const isFinished = (output: string): Promise<boolean> =>
  access(join(output, manifestName)).then(
    () => true,
    () => false,
  )

/** The result of a training that had ended before. */
async function finished(output: string, { base, plan, origin, layout }: PreparedTraining): Promise<TrainReturnType> {
  const manifest = await readManifest(output)
  checkOrigin(output, manifest, origin)
  const metrics = readMetrics(join(output, metricsName), manifest.steps)
  const history = metrics.flatMap((line) => ('loss' in line ? [{ ...line, steps: plan.steps }] : []))
  const adapter = await openAdapter(output, base)
  const result: TrainingResult = {
    adapter: { ...adapter, layout },
    history,
    evalLoss: manifest.evalLoss ?? undefined,
    best: manifest.best,
    tokens: manifest.tokens,
    seconds: history.at(-1)?.seconds ?? 0,
    placement: manifest.engine.placement,
  }
  return { output: resolve(output), manifest, plan, result }
}
