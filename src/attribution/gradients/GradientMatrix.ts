import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** The columns of one adapter matrix (one lora_A or lora_B). */
export interface GradientBlock {
  readonly name: string
  /** First column. */
  readonly offset: number
  /** Number of columns. */
  readonly size: number
}

/**
 * Per-sample loss gradients: one row per sample, one column per adapter parameter, row-major.
 * The loss is the training loss, averaged over the sample's labelled tokens.
 */
export interface GradientMatrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array | Float64Array
  /** The blocks in column order, without gaps or overlaps. */
  readonly blocks: readonly GradientBlock[]
}

/** Scores of every record (a column) for every answer (a row), row-major. */
export interface ScoreMatrix {
  /** Number of answers. */
  readonly rows: number
  /** Number of records. */
  readonly columns: number
  readonly data: Float64Array
}

const misfit = (reason: string): OpenLedgerError => new OpenLedgerError('OL1500', { reason })

/**
 * Checks that a matrix has the length that it declares, and that its blocks tile its columns.
 *
 * @throws OL1500
 */
export function checkGradients({ rows, columns, data, blocks }: GradientMatrix): void {
  if (data.length !== rows * columns)
    throw misfit(`${rows} rows of ${columns} columns need ${rows * columns} numbers, not ${data.length}`)
  let end = 0
  for (const { name, offset, size } of blocks) {
    if (offset !== end || size <= 0)
      throw misfit(`block ${name} has columns ${offset} to ${offset + size}, after ${end}`)
    end = offset + size
  }
  if (end !== columns) throw misfit(`the blocks end at column ${end} of ${columns}`)
}

/**
 * Checks that the gradients of records and answers are with respect to the same parameters.
 *
 * @throws OL1500
 */
export function checkComparable(train: GradientMatrix, queries: GradientMatrix): void {
  checkGradients(train)
  checkGradients(queries)
  if (train.blocks.length !== queries.blocks.length)
    throw misfit(`records have ${train.blocks.length} blocks, answers ${queries.blocks.length}`)
  for (const [index, block] of train.blocks.entries()) {
    const other = queries.blocks[index] as GradientBlock
    if (block.name !== other.name || block.size !== other.size)
      throw misfit(
        `block ${index} is ${block.name} (${block.size}) for records, ${other.name} (${other.size}) for answers`,
      )
  }
}

/**
 * Refuses scores that are not finite, and names the gradient that caused them. Because it looks at gradients only after the
 * fact, a healthy run needs no pass over them.
 *
 * @throws OL1501
 */
export function finiteScores(scores: ScoreMatrix, train: GradientMatrix, queries: GradientMatrix): ScoreMatrix {
  if (scores.data.every(Number.isFinite)) return scores
  for (const [role, matrix] of [
    ['record', train],
    ['answer', queries],
  ] as const) {
    const at = matrix.data.findIndex((value) => !Number.isFinite(value))
    if (at < 0) continue
    const column = at % matrix.columns
    const block = matrix.blocks.find(({ offset, size }) => column >= offset && column < offset + size)
    throw new OpenLedgerError('OL1501', { role, row: Math.floor(at / matrix.columns), block: block?.name ?? '' })
  }
  throw misfit('finite gradients gave scores that are not finite: they are too large to be squared')
}
