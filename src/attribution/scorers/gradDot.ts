import { dotProducts, rowsOf } from '../gradients/dotProducts.js'
import { checkComparable, finiteScores } from '../gradients/GradientMatrix.js'
import type { Scorer } from './Scorer.js'

/** The dot product of the gradients: a gradient step on the record changes the answer's loss by -s times the step size. */
export const gradDot: Scorer = {
  summary: 'dot product of the gradients',
  score(train, queries) {
    checkComparable(train, queries)
    const data = dotProducts(rowsOf(queries), rowsOf(train))
    return finiteScores({ rows: queries.rows, columns: train.rows, data }, train, queries)
  },
}
