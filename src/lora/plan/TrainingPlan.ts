import { labelCount } from '../../models/data/batch.js'
import type { Example } from '../../models/data/example.js'
import type { RunDevice } from '../../onnx/graph/RunDevice.js'
import type { TrainingSettings } from '../settings/settings.js'
import { stepCount } from '../settings/stepCount.js'
import type { DataReport } from './trainingData.js'

/** What is about to happen, known before the first step. */
export interface TrainingPlan extends DataReport {
  /** Where tensors will be computed. */
  readonly device: RunDevice
  /** Records that are trained on. */
  readonly records: number
  readonly heldOut: number
  /** Of the records that are trained on, once through. */
  readonly tokens: number
  readonly labelledTokens: number
  readonly steps: number
  /** Rows that the records share, the tokens that a row may have, and the share of the rows that stays empty. */
  readonly packing?: { readonly rows: number; readonly length: number; readonly padding: number }
}

export interface PlanInput {
  readonly device: RunDevice
  readonly report: DataReport
  /** The examples before packing. */
  readonly examples: readonly Example[]
  /** The examples as rows; equal to `examples` without packing. */
  readonly rows: readonly Example[]
  readonly heldOut: number
  readonly settings: TrainingSettings
  /** Tokens of a packed row at most. */
  readonly rowLength: number | undefined
}

export function planTraining(input: PlanInput): TrainingPlan {
  const { device, report, examples, rows, heldOut, settings, rowLength } = input
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const tokens = sum(examples.map(({ ids }) => ids.length))
  return {
    device,
    ...report,
    records: examples.length,
    heldOut,
    tokens,
    labelledTokens: sum(examples.map(labelCount)),
    steps: stepCount(rows.length, settings),
    ...(rowLength !== undefined && {
      packing: { rows: rows.length, length: rowLength, padding: 1 - tokens / (rows.length * rowLength) },
    }),
  }
}
