/** The known name with the fewest letters to insert, remove or replace (Levenshtein 1966). */
export function nearestName(name: string, known: readonly string[]): string {
  const distances = new Map(known.map((each) => [each, editDistance(name, each)]))
  return [...distances].reduce((best, each) => (each[1] < best[1] ? each : best), ['', Number.POSITIVE_INFINITY])[0]
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
