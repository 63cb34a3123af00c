/**
 * The known name that another is most likely meant to be: one that a letter or two make it (Levenshtein 1966), else one that it
 * is the beginning of, else one that has all of its words. Undefined where none is like it; three letters or fewer are like
 * anything.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length < 4) return undefined
  const most = name.length < 6 ? 1 : 2
  const near = known.map((each) => [each, editDistance(name, each)] as const).filter(([, distance]) => distance <= most)
  const [nearest] = near.sort(([, a], [, b]) => a - b)
  const words = name.split('_')
  return (
    nearest?.[0] ??
    known.find((each) => each.startsWith(name)) ??
    known.find((each) => words.length > 1 && words.every((word) => each.split('_').includes(word)))
  )
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++)
      next.push(
        Math.min((next[j] as number) + 1, (row[j + 1] as number) + 1, (row[j] as number) + (letter === b[j] ? 0 : 1)),
      )
    row = next
  }
  return row.at(-1) as number
}
