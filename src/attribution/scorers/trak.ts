import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { dotProducts, gramMatrix, rowsOf } from '../gradients/dotProducts.js'
import { checkComparable, finiteScores } from '../gradients/GradientMatrix.js'
import { factorCholesky, solveCholesky } from '../linear/cholesky.js'
import { checkDamping, type Scorer } from './Scorer.js'

const defaultDamping = 0.1

/**
 * TRAK (Park et al., arXiv 2303.14186) with one checkpoint and without random projection: s = v (Gᵀ G + λ I)⁻¹ Gᵀ over all
 * blocks together, with each record's score times 1 - p of its own answer. It is solved in the n x n kernel form
 * (G V)ᵀ (G Gᵀ + λ I)⁻¹.
 */
export const trak: Scorer = {
  summary: 'TRAK of one checkpoint, without projection',
  defaultDamping,
  score(train, queries, options = {}) {
    checkComparable(train, queries)
    const damping = checkDamping(options.damping ?? defaultDamping)
    const { probabilities } = options
    const n = train.rows
    if (probabilities !== undefined && probabilities.length !== n)
      throw new OpenLedgerError('OL1510', {
        left: 'records',
        right: 'probabilities',
        leftLength: n,
        rightLength: probabilities.length,
      })
    const records = rowsOf(train)
    const data = dotProducts(rowsOf(queries), records)
    const kernel = gramMatrix(records)
    let trace = 0
    for (let i = 0; i < n; i++) trace += kernel[i * n + i] as number
    if (trace > 0 && Number.isFinite(trace)) {
      for (let i = 0; i < n; i++) kernel[i * n + i] = (kernel[i * n + i] as number) + (damping * trace) / train.columns
      if (!factorCholesky(kernel, n)) throw new OpenLedgerError('OL1502', { block: 'all blocks together', damping })
      for (let query = 0; query < queries.rows; query++)
        solveCholesky(kernel, n, data.subarray(query * n, query * n + n))
    }
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) * (1 - (probabilities?.[i % n] ?? 0))
    return finiteScores({ rows: queries.rows, columns: n, data }, train, queries)
  },
}
