import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** Ranks from 1; equal values share the mean of their ranks. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  )
  const result = new Float64Array(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++
    for (const index of order.slice(start, end)) result[index] = (start + end + 1) / 2
    start = end
  }
  return result
}

/**
 * Spearman's rank correlation, from -1 to 1, with mean ranks for ties; 0 if either side is constant.
 *
 * @throws OL1510 when the lengths differ
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new OpenLedgerError('OL1510', {
      left: 'one series',
      right: 'the other',
      leftLength: a.length,
      rightLength: b.length,
    })
  const x = ranks(a)
  const y = ranks(b)
  const mean = (a.length + 1) / 2
  let xy = 0
  let xx = 0
  let yy = 0
  for (let i = 0; i < x.length; i++) {
    const dx = (x[i] as number) - mean
    const dy = (y[i] as number) - mean
    xy += dx * dy
    xx += dx * dx
    yy += dy * dy
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy)
}
