import type { TrainingPlan } from '../../lora/plan/TrainingPlan.js'
import type { DataReport } from '../../lora/plan/trainingData.js'
import type { TrainParameters } from '../../lora/run/train.js'
import { RunningMean } from '../../lora/step/RunningMean.js'
import { columnList } from '../../records/FieldMap.js'
import type { Output } from '../../terminal/createOutput.js'
import { formatShare } from '../../terminal/formats.js'
import type { TrainingDisplay } from '../../terminal/TrainingDisplay.js'

export interface TrainingViewOptions {
  /** What is trained. */
  readonly title: string
  /** False where one line is enough. */
  readonly live: boolean
}

/** Shows a training while it runs: what is about to happen, then the view of the terminal. */
export async function trainingView(output: Output, { title, live }: TrainingViewOptions) {
  const begin = await output.training({ live })
  let display: TrainingDisplay | undefined
  let mean: RunningMean | undefined
  return {
    listeners: {
      onPlan(plan: TrainingPlan): void {
        tellPlan(output, plan)
        display = begin({ title, device: plan.device, steps: plan.steps })
        mean = new RunningMean(plan.steps)
      },
      onResume(step, metrics, engineChanges): void {
        output.note(`Going on behind step ${step}`)
        if (engineChanges.length > 0)
          output.warn(
            `Since the checkpoint ${engineChanges.join('; ')}: the adapter may differ in its last bits from that of an uninterrupted training`,
          )
        for (const line of metrics)
          if ('evalLoss' in line) display?.evaluation(line.step, line.evalLoss)
          else display?.past(line.step, line.loss, mean?.add(line.loss) ?? line.loss)
      },
      onStep(report): void {
        display?.step({ ...report, meanLoss: mean?.add(report.loss) ?? report.loss })
      },
      onEvaluation({ step, evaluation }): void {
        display?.evaluation(step, evaluation.loss)
      },
    } satisfies Pick<TrainParameters, 'onPlan' | 'onResume' | 'onStep' | 'onEvaluation'>,
    /** To be called when the adapter is written. */
    finish(): void {
      display?.finish()
    },
  }
}

function tellPlan(output: Output, plan: TrainingPlan): void {
  const shapes = Object.entries(plan.formats).map(([format, count]) => `${count} ${format}`)
  output.note(
    `${plan.records} records, ${plan.tokens} tokens (${plan.labelledTokens} with loss), ${plan.steps} steps, ${plan.heldOut} held out`,
  )
  output.note(`Shapes of records: ${shapes.join(', ')}`)
  if (plan.unreadColumns.length > 0) output.note(`Columns that are not read: ${columnList(plan.unreadColumns)}`)
  if (plan.packing) {
    const { rows, length, padding } = plan.packing
    output.note(`Packed into ${rows} rows of ${length} tokens, ${formatShare(padding)} of them padding`)
  }
  for (const warning of planWarnings(plan)) output.warn(warning)
}

/** What the user should know before hours are spent on it. */
export function planWarnings({
  truncatedRecords,
  truncatedTokens,
  lostEnds,
  droppedRecords,
  learnsToStop,
}: DataReport) {
  const ends = lostEnds > 0 ? `; ${lostEnds} lost the end of what is to be learned` : ''
  const count = (records: number, one: string, many: string): string => (records === 1 ? one : `${records} ${many}`)
  return [
    ...(truncatedTokens > 0
      ? [
          `${count(truncatedRecords, '1 record is', 'records are')} longer than --max-length: ${truncatedTokens} tokens were cut off${ends}`,
        ]
      : []),
    ...(droppedRecords > 0
      ? [`${count(droppedRecords, '1 record has', 'records have')} nothing to learn, and will be left out`]
      : []),
    ...(learnsToStop
      ? []
      : ['No token that ends a turn is among those learned: the model will not learn to stop (see eos_token)']),
  ]
}
