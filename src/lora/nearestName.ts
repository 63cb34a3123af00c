/**
 * The known name that another is most likely meant to be: one that it begins or goes on from, or the one with the fewest letters to
 * insert, remove or replace (Levenshtein 1966), up to a third of the letters. Undefined where none is like it; three letters or
 * fewer are like anything.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length < 4) return undefined
  const most = Math.floor(name.length / 3)
  const begun = known.filter((each) => each.length > 3 && (each.startsWith(name) || name.startsWith(each)))
  const near = known.map((each) => [each, editDistance(name, each)] as const).filter(([, distance]) => distance <= most)
  const [nearest] = near.sort(([, a], [, b]) => a - b)
  return nearest?.[0] ?? begun[0]
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
