import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { basename, resolve } from 'node:path'
import type { ChatTokenizer } from '../../models/chat/ChatTokenizer.js'
import type { Example } from '../../models/data/example.js'
import type { TrainingManifest } from '../plan/manifest.js'
import type { TrainingPlan } from '../plan/TrainingPlan.js'
import type { Metrics } from '../step/MetricsLog.js'
import type { TrainingEvaluation } from '../step/TrainAdapterOptions.js'
import { type HeldRecord, trainingReport } from './trainingReport.js'

export interface DescribeTrainingOptions {
  readonly output: string
  readonly manifest: TrainingManifest
  readonly metrics: readonly Metrics[]
  readonly tokenizer: ChatTokenizer
  readonly held: readonly Example[]
  /** Evaluations on the held-out records, in the order of the steps. */
  readonly evaluations: readonly TrainingEvaluation[]
  readonly plan: TrainingPlan
  /** Number of parameters of the adapter. */
  readonly parameters: number
}

/** Renders the report of a training that has just ended on this machine. */
export function describeTraining({ output, ...options }: DescribeTrainingOptions): string {
  return trainingReport({
    ...options,
    title: basename(resolve(output)),
    held: heldRecords(options),
    machine: {
      processor: cpus()[0]?.model.trim() || process.arch,
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      system: `${type()} ${release()} ${process.arch}`,
      node: process.versions.node,
    },
    finished: new Date(),
  })
}

/** The held-out records as the model reads them; tokens without loss are the prompt. */
function heldRecords({
  held,
  evaluations,
  manifest,
  tokenizer,
}: Omit<DescribeTrainingOptions, 'output'>): HeldRecord[] {
  const before = evaluations.find(({ step }) => step === 0)
  // The adapter may come from the best step instead of the last.
  const after = evaluations.findLast(({ evaluation }) => evaluation.loss === manifest.evalLoss?.after)
  if (after === undefined) return []
  return held.flatMap(({ ids, labelled }, i) => {
    const { loss, tokens } = after.evaluation.records[i] ?? { loss: Number.NaN, tokens: 0 }
    if (tokens === 0) return []
    // The first token never carries loss, so alone it is not a prompt.
    const prompt = ids.filter((_, t) => !labelled[t])
    const answer = prompt.length === 1 ? ids : ids.filter((_, t) => labelled[t])
    return [
      {
        number: i + 1,
        prompt: prompt.length === 1 ? '' : tokenizer.decode(prompt),
        answer: tokenizer.decode(answer),
        tokens,
        before: before?.evaluation.records[i]?.loss,
        after: loss,
      },
    ]
  })
}
