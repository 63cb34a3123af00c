const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/**
 * Whether an object of a valid JSON text names a key twice. `JSON.parse` keeps the last of them and another parser may keep
 * the first, so that what one checks is not what the other does.
 */
export function hasRepeatedKeys(text: string): boolean {
  /** Keys of the objects that are open; nothing for an array. */
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [found] of text.matchAll(token)) {
    if (found === '{') open.push(new Set())
    else if (found === '[') open.push(undefined)
    else if (found === '}' || found === ']') open.pop()
    else if (found === ':') {
      const keys = open.at(-1)
      const key = String(JSON.parse(last))
      if (keys?.has(key)) return true
      keys?.add(key)
    }
    last = found
  }
  return false
}
