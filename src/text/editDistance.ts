/**
 * Whether at most `limit` insertions, removals and replacements turn one list into the other (Levenshtein distance). It
 * computes only a band of the table, 2 limit + 1 wide.
 *
 * @example
 * editDistanceWithin(['reef', 'the', 'sail'], ['reef', 'a', 'sail'], 1) // true
 */
export function editDistanceWithin<Item>(a: readonly Item[], b: readonly Item[], limit: number): boolean {
  if (Math.abs(a.length - b.length) > limit) return false
  let previous = new Int32Array(b.length + 1).map((_, j) => j)
  let current = new Int32Array(b.length + 1)
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - limit)
    const to = Math.min(b.length, i + limit)
    current.fill(limit + 1)
    if (i <= limit) current[0] = i
    let best = current[0] as number
    for (let j = from; j <= to; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const cost = Math.min(replaced, (previous[j] as number) + 1, (current[j - 1] as number) + 1)
      current[j] = cost
      best = Math.min(best, cost)
    }
    if (best > limit) return false
    ;[previous, current] = [current, previous]
  }
  return (previous[b.length] as number) <= limit
}
