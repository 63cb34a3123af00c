import { dotProducts, rowsOf, squaredNorms } from '../gradients/dotProducts.js'
import { checkComparable, finiteScores } from '../gradients/GradientMatrix.js'
import type { Scorer } from './Scorer.js'

/**
 * The cosine of the two gradients over all blocks together. Records with unusually long gradients (outliers, noise) gain nothing
 * from their length. A zero gradient has cosine 0 with everything.
 */
export const gradCos: Scorer = {
  summary: 'cosine of the gradients',
  score(train, queries) {
    checkComparable(train, queries)
    const data = dotProducts(rowsOf(queries), rowsOf(train))
    const trainNorms = squaredNorms(rowsOf(train))
    const queryNorms = squaredNorms(rowsOf(queries))
    for (let i = 0; i < data.length; i++) {
      const query = queryNorms[Math.floor(i / train.rows)] as number
      const record = trainNorms[i % train.rows] as number
      data[i] = query === 0 || record === 0 ? 0 : (data[i] as number) / Math.sqrt(query) / Math.sqrt(record)
    }
    return finiteScores({ rows: queries.rows, columns: train.rows, data }, train, queries)
  },
}
