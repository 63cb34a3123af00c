/** No Ethereum request nests this deeply, so that the code here may recurse into a request. */
const depthLimit = 64

const quote = 0x22
const backslash = 0x5c

/**
 * Why another parser may read a valid JSON text differently from `JSON.parse`, or not at all. An object may name a key twice,
 * of which one parser keeps the last and another the first, or the nesting may be too deep for some parsers. The function
 * goes through the text once, because anybody can send one.
 *
 * @returns `undefined` when all parsers read the same value
 */
export function ambiguityOf(text: string): string | undefined {
  /** Keys of the open objects; undefined for an array. */
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const end = endOfString(text, at)
        last = text.slice(at, end)
        at = end - 1
        break
      }
      case 0x7b: // {
      case 0x5b: // [
        if (open.length === depthLimit) return `it is nested deeper than ${depthLimit}`
        open.push(text.charCodeAt(at) === 0x7b ? new Set() : undefined)
        break
      case 0x7d: // }
      case 0x5d: // ]
        open.pop()
        break
      case 0x3a: {
        // :
        const keys = open.at(-1)
        const key = String(JSON.parse(last))
        if (keys?.has(key)) return 'it has the same key twice in one object'
        keys?.add(key)
      }
    }
  }
  return undefined
}

/** The offset after the string that begins at `start`. A regular expression would recurse over a long string. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1
  return at + 1
}
