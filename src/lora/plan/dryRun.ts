import { architectureName } from '../../models/architectures/architectures.js'
import type { BaseModel } from '../../models/base/BaseModel.js'
import { causalContext } from '../../models/layers/causalContext.js'
import { frozenLayers } from '../../models/layers/Linear.js'
import { programCost } from '../../onnx/passes/programCost.js'
import type { RecordFormat } from '../../records/recordShapes.js'
import type { TrainingSettings } from '../settings/settings.js'
import { estimateTraining, type TrainingEstimate } from './estimate.js'
import { prepareTraining, type TrainingInput } from './prepareTraining.js'
import type { TrainingPlan } from './TrainingPlan.js'
import type { EncodedRecord } from './trainingData.js'

/** What a training would do, found out without training. */
export interface DryRun {
  readonly base: {
    readonly path: string
    readonly architecture: string
    readonly layers: number
    readonly parameters: number
  }
  readonly adapter: { readonly modules: number; readonly trainableParameters: number; readonly share: number }
  readonly settings: TrainingSettings
  readonly plan: TrainingPlan
  readonly estimate: TrainingEstimate
  /** The first records as the model reads them. */
  readonly samples: readonly Sample[]
}

/** A record by its tokens. */
export interface Sample {
  readonly line: number
  readonly format: RecordFormat
  readonly tokens: readonly SampleToken[]
}

export interface SampleToken {
  readonly id: number
  /** What it adds to the text; special tokens as they are written. */
  readonly text: string
  /** It is to be predicted. */
  readonly loss: boolean
}

const sampleCount = 3

/**
 * Tells what a training would do: adapter, tokens, steps, the first records by their tokens, and how much time and memory
 * it will take. Writes nothing and trains nothing; a few batches are computed to be timed.
 *
 * @throws what `train` throws of a bad base model, bad records and bad settings
 * @example
 * const { estimate } = await dryRun({ base: 'base-model', data: 'records.jsonl' })
 */
export async function dryRun({ signal, ...input }: TrainingInput & { readonly signal?: AbortSignal }): Promise<DryRun> {
  const { base, records, examples, held, settings, layout, initial, plan } = await prepareTraining({
    ...input,
    ...(signal && { signal }),
  })
  const { parameters: trained, size } = layout
  const parameters = baseParameters(base)
  return {
    base: {
      path: base.path,
      architecture: architectureName(base.architecture),
      layers: base.config.layers,
      parameters,
    },
    adapter: {
      modules: new Set(trained.map(({ module }) => module)).size,
      trainableParameters: size,
      share: size / (parameters + size),
    },
    settings,
    plan,
    estimate: await estimateTraining(base, examples, held, {
      settings,
      layout,
      initial,
      steps: plan.steps,
      device: plan.device,
      ...(signal && { signal }),
    }),
    samples: records.slice(0, sampleCount).map((each) => sampleOf(base, each)),
  }
}

/** The numbers of every tensor that a forward pass reads. */
function baseParameters({ architecture, config, weights }: BaseModel): number {
  const context = causalContext({ batch: 1, length: 1 })
  const layers = frozenLayers(weights)
  const hidden = architecture.hidden(config, weights, layers, context)
  return programCost({ logits: architecture.logits(config, layers, hidden) }).weights
}

function sampleOf({ tokenizer }: BaseModel, { record, example }: EncodedRecord): Sample {
  const texts = tokenizer.spell(example.ids)
  return {
    line: record.line,
    format: record.format,
    tokens: example.ids.map((id, t) => ({ id, text: texts[t] as string, loss: example.labelled[t] === 1 })),
  }
}
