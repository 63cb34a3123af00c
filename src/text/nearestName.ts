/**
 * The known name that a misspelled name most likely means: the one with the fewest edits, at most one per three letters and
 * two in total; else one that begins with it; else one that contains all its words; else undefined. Names of one letter are
 * never suggested.
 *
 * @example
 * nearestName('trian', ['attribute', 'train']) // 'train'
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const most = Math.min(2, Math.max(1, Math.floor(name.length / 3)))
  const candidates = name.length < 2 ? [] : known.filter((each) => each.length > 1)
  const near = candidates
    .map((each) => [each, editDistance(name, each)] as const)
    .filter(([, distance]) => distance <= most)
    .toSorted(([, one], [, other]) => one - other)
  const words = name.split('_')
  return (
    near[0]?.[0] ??
    candidates.find((each) => name.length > 3 && each.startsWith(name)) ??
    candidates.find((each) => words.length > 1 && words.every((word) => each.split('_').includes(word)))
  )
}

/** The number of insertions, removals, replacements and swaps of neighbours between two words (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const [inserted, removed] = [(next[j - 1] as number) + 1, (row[j] as number) + 1]
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(inserted, removed, replaced, swapped))
    }
    before = row
    row = next
  }
  return row[b.length] as number
}
