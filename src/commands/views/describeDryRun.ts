import { basename } from 'node:path'
import type { DryRun, Sample } from '../../lora/plan/dryRun.js'
import { columnList } from '../../records/FieldMap.js'
import { formatBytes, formatDuration, formatShare } from '../../terminal/formats.js'
import { visible } from '../../terminal/printable.js'
import type { Paint, Style } from '../../terminal/Style.js'
import { planWarnings } from './trainingView.js'

/** What a training would do, for people. */
export function describeDryRun({ base, adapter, settings, plan, estimate, samples }: DryRun, { paint }: Style): string {
  const number = (value: number): string => Math.round(value).toLocaleString('en')
  const shapes = Object.entries(plan.formats).map(([format, count]) => `${number(count)} ${format}`)
  const { rank, alpha, batchSize, gradientAccumulation, epochs, maxSteps } = settings
  const rows: readonly (readonly [string, string])[] = [
    [
      'Base',
      `${basename(base.path)}: ${base.architecture}, ${base.layers} layers, ${number(base.parameters)} parameters`,
    ],
    [
      'Adapter',
      `rank ${rank}, alpha ${alpha} on ${adapter.modules} layers: ${number(adapter.trainableParameters)} trainable parameters (${percent(adapter.share)} of all)`,
    ],
    ['Data', `${shapes.join(', ')}; ${number(plan.records)} to train on, ${number(plan.heldOut)} held out`],
    ...(settings.map
      ? [
          [
            'Columns',
            Object.entries(settings.map)
              .map(([field, column]) => `${field} from ${column}`)
              .join(', '),
          ] as const,
        ]
      : []),
    ...(plan.unreadColumns.length > 0 ? [['Not read', columnList(plan.unreadColumns)] as const] : []),
    ['Tokens', `${number(plan.tokens)} once through, ${number(plan.labelledTokens)} of them with loss`],
    [
      'Steps',
      `${number(plan.steps)} of ${batchSize}${gradientAccumulation > 1 ? ` x ${gradientAccumulation}` : ''} ${plan.packing ? 'rows' : 'records'}${maxSteps === undefined ? `, ${epochs} times through` : ''}`,
    ],
    ...(plan.packing
      ? [['Packing', `${number(plan.packing.rows)} rows of ${plan.packing.length} tokens`] as const]
      : []),
    [
      'Padding',
      `${formatShare(estimate.padding)} of the tokens computed, in ${estimate.programs} ${estimate.programs === 1 ? 'shape' : 'shapes'} of batch`,
    ],
    [
      'Time',
      `about ${formatDuration(estimate.seconds * 1000)} on ${plan.device}, ${number(estimate.tokensPerSecond)} tokens/s${estimate.evaluationSeconds > 0 ? `; ${formatDuration(estimate.evaluationSeconds * 1000)} of it evaluation` : ''}`,
    ],
    ['Memory', `about ${formatBytes(estimate.peakMemoryBytes)} at most`],
  ]
  return [
    ...rows.map(([title, value]) => `${paint.bold(title.padEnd(8))} ${value}`),
    ...planWarnings(plan).map((warning) => `${paint.yellow('!')} ${warning}`),
    '',
    paint.isColorSupported
      ? `The first records; ${paint.green('green')} is what is learned:`
      : 'The first records; the learned tokens are in [[ ]]:',
    ...samples.map((sample) => describeSample(sample, paint)),
  ].join('\n')
}

const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`

/** Tokens that are shown of a record. */
const shown = 400

function describeSample({ line, format, tokens }: Sample, paint: Paint): string {
  const runs: { text: string; loss: boolean }[] = []
  for (const { text, loss } of tokens.slice(0, shown)) {
    const last = runs.at(-1)
    if (last?.loss === loss) last.text += text
    else runs.push({ text, loss })
  }
  const body = runs.map(({ text, loss }) => {
    const readable = visible(text)
    if (paint.isColorSupported) return loss ? paint.green(readable) : paint.dim(readable)
    return loss ? `[[${readable}]]` : readable
  })
  const labelled = tokens.filter(({ loss }) => loss).length
  const rest = tokens.length > shown ? paint.dim(` … ${tokens.length - shown} more`) : ''
  return `${paint.bold(`Line ${line}`)} (${format}, ${tokens.length} tokens, ${labelled} with loss)\n  ${body.join('')}${rest}`
}
