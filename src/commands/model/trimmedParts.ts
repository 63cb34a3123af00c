/** Passes a text on part by part without the white space around the whole of it. */
export function trimmedParts(write: (part: string) => void): (part: string) => void {
  let begun = false
  let space = ''
  return (part) => {
    const text = begun ? space + part : part.trimStart()
    const end = text.trimEnd()
    space = text.slice(end.length)
    if (end === '') return
    begun = true
    write(end)
  }
}
