import { Box, Static, Text } from 'ink'
import type { ReactNode } from 'react'
import { brailleChart } from './brailleChart.js'
import { formatBytes } from './formats.js'
import { printable } from './printable.js'
import type { Paint } from './Style.js'
import type { TrainingProgress, TrainingStart } from './TrainingProgress.js'
import { textWidth } from './textWidth.js'

export interface TrainingFrameProps {
  readonly start: TrainingStart
  readonly progress: TrainingProgress
  /** Text that replaces the remaining time at the end. */
  readonly ended: string | undefined
  /** Other lines, which stay above the frame. */
  readonly notes: readonly string[]
  /** Size of the terminal. */
  readonly columns: number
  readonly rows: number
  readonly paint: Paint
}

/** Widest frame. In a wider one the eye loses the connection between facts and curve. */
const widest = 120
const highestChart = 16
const leastChart = 3
/** Characters of the numbers on the left of the chart. */
const scale = 5

/** The whole view: title, bar, loss curve, facts. It is lower than the terminal, which would otherwise scroll. */
export function TrainingFrame(props: TrainingFrameProps): ReactNode {
  const { notes, columns, rows } = props
  const width = Math.min(columns - 1, widest)
  const facts = factsOf(props, width)
  const head = headOf(props, width)
  // The other rows: one for the cursor, one between curve and facts, two for the axis.
  const left = rows - 1 - head.length - facts.length - 3
  const chart = Math.min(left, Math.ceil(width / 6), highestChart)
  return (
    <>
      <Static items={[...notes]}>{(note, index) => <Text key={index}>{note}</Text>}</Static>
      <Box flexDirection="column" width={width}>
        {head.map((line) => (
          <Text key={line} wrap="truncate">
            {printable(line)}
          </Text>
        ))}
        {chart >= leastChart && (
          <Box flexDirection="column" marginBottom={left > chart ? 1 : 0}>
            <LossCurve {...props} width={width} height={chart} />
          </Box>
        )}
        {facts.slice(0, Math.max(0, rows - 1 - head.length)).map((line) => (
          <Text key={line} wrap="truncate">
            {printable(line)}
          </Text>
        ))}
      </Box>
    </>
  )
}

/** Title and device on one or two lines, then the bar with the finished steps and the remaining time. */
function headOf({ start, progress, ended, paint }: TrainingFrameProps, width: number): string[] {
  const { title, device, steps } = start
  const { step, epoch } = progress.latest ?? { step: progress.losses.at(-1)?.[0] ?? 0, epoch: 1 }
  const part = Math.min(1, step / steps)
  const state = ended ?? (progress.latest === undefined ? 'getting ready' : `${progress.timeLeft} left`)
  const counts = `${step}/${steps}`
  const right = `epoch ${epoch}  ${device}`
  const gap = width - textWidth(title) - right.length
  const first =
    gap >= 2 ? [paint.bold(title) + ' '.repeat(gap) + paint.dim(right)] : [paint.bold(title), paint.dim(right)]
  const texts = width >= 48 ? [counts, `${Math.floor(100 * part)} %`, state] : [counts, state]
  const told = texts.join('  ')
  const bar = width - told.length - 2
  return [...first, bar >= 8 ? `${barOf(part, bar, paint)}  ${told}` : told]
}

function barOf(part: number, width: number, paint: Paint): string {
  const full = Math.round(width * part)
  return paint.cyan('█'.repeat(full)) + paint.dim('░'.repeat(width - full))
}

/** The current numbers, in as many columns as fit. */
function factsOf({ progress, paint }: TrainingFrameProps, width: number): string[] {
  const { latest, evaluations, tokensPerSecond: rate } = progress
  const narrow = width < 60
  const first = evaluations[0]?.[1]
  const last = evaluations.at(-1)?.[1]
  const facts: [label: string, value: string][] = [
    ['loss', latest ? latest.loss.toFixed(3) : '–'],
    ...(first !== undefined && last !== undefined
      ? [
          ['held-out', evaluations.length > 1 ? `${first.toFixed(2)} → ${last.toFixed(2)}` : first.toFixed(3)] as [
            string,
            string,
          ],
        ]
      : []),
    ['', `${rate === undefined ? '–' : Math.round(rate).toLocaleString('en')} tokens/s`],
    [narrow ? 'lr' : 'learning rate', latest ? latest.learningRate.toExponential(1) : '–'],
    [narrow ? 'norm' : 'gradient norm', latest ? latest.gradientNorm.toPrecision(3) : '–'],
    ['memory', latest ? formatBytes(latest.memoryBytes) : '–'],
  ]
  const across = Math.max(1, Math.min(facts.length, Math.floor(width / (narrow ? 19 : 26))))
  const cell = Math.floor(width / across)
  const lines: string[] = []
  for (let i = 0; i < facts.length; i += across) {
    const cells = facts.slice(i, i + across).map(([label, value]) => {
      const text = `${label} ${value}`.trim()
      return `${label === '' ? '' : `${paint.dim(label)} `}${value}${' '.repeat(Math.max(0, cell - text.length))}`
    })
    lines.push(cells.join('').trimEnd())
  }
  return lines
}

interface LossCurveProps extends TrainingFrameProps {
  readonly width: number
  readonly height: number
}

/** Draws single losses as dots, their running mean as a line, and held-out losses above both. */
function LossCurve({ progress, paint, width, height }: LossCurveProps): ReactNode {
  const columns = width - scale - 2
  const [low, high] = progress.range
  const [first, last] = progress.span
  const rows = brailleChart(
    [
      { points: progress.losses, joined: false },
      { points: progress.means, joined: true },
      { points: progress.evaluations, joined: true },
    ],
    { columns, rows: height, x: [first, last], y: [low, high] },
  )
  const paints = [paint.dim, paint.cyan, paint.yellow]
  const label = (row: number): string => {
    if (row % 2 === 1 && row !== height - 1) return ' '.repeat(scale)
    if (row !== 0 && row !== height - 1 && row !== Math.floor(height / 4) * 2) return ' '.repeat(scale)
    return (high - ((high - low) * row) / (height - 1)).toPrecision(3).slice(0, scale).padStart(scale)
  }
  const legend = [
    [paint.cyan('━'), 'training'],
    ...(progress.evaluations.length > 0 ? [[paint.yellow('━'), 'held-out']] : []),
  ]
  const legendText = legend.map(([sign, name]) => `${sign} ${paint.dim(name ?? '')}`).join('  ')
  const from = String(first)
  const to = `step ${last}`
  const room = columns - from.length - to.length - textWidth(legendText)
  const under =
    room >= 2
      ? `${paint.dim(from)}${' '.repeat(Math.floor(room / 2))}${legendText}${' '.repeat(Math.ceil(room / 2))}${paint.dim(to)}`
      : `${paint.dim(from)}${' '.repeat(Math.max(1, columns - from.length - to.length))}${paint.dim(to)}`
  return (
    <>
      {rows.map((runs, row) => {
        const text = runs.map((run) => (run.series === undefined ? run.text : paints[run.series]?.(run.text))).join('')
        const number = label(row)
        const drawn = `${paint.dim(number)} ${paint.dim(number.trim() === '' ? '│' : '┤')}${text}`
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name than their place
        return <Text key={row}>{printable(drawn)}</Text>
      })}
      <Text>{printable(paint.dim(`${' '.repeat(scale + 1)}└${'─'.repeat(columns)}`))}</Text>
      <Text>{printable(`${' '.repeat(scale + 2)}${under}`)}</Text>
    </>
  )
}
