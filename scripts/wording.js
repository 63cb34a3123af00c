// Checks the rules of CONTRIBUTING.md ("Voice") that no dictionary knows: words that we do not write, -ise where we write -ize,
// and the two apostrophes:
//   node scripts/wording.js
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What we do not write, and what we write instead. @type {readonly (readonly [RegExp, string])[]} */
const words = [
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\banew\b/i, 'again'],
  [/\bwho(m|se)?ever\b/i, 'the name of the agent: the user, the owner, the caller'],
  [/\b(go|goes|going|went|gone) on from\b/i, 'continue from, resume'],
  [/\bunless given\b/i, 'by default'],
  [/\btold of\b/i, 'reported'],
  [/\bstands? in\b(?! for)/i, 'is written in, is stored in'],
  [
    /\b(?:de)?(author|bidiagonal|capital|categor|central|character|discret|final|general|initial|local|maxim|memo|minim|modern|normal|optim|orthogonal|parallel|priorit|quant|random|real|recogn|regular|reorgan|serial|special|standard|summar|synchron|token|util|visual)is(e[drs]?|ers|ing|ations?|able)\b/i,
    'the same word with -ize',
  ],
]

/** Keys of published JSON keep their spelling. */
const published = /\binitialisation(?=:)|(?<=\.)initialisation\b/g

const comment = /^\s*(\*|\/\/|\/\*|#)/
/** What the program prints is written in these folders. */
const printed = /^src\/(errors|cli|commands|chain\/client)\//

/** The apostrophe is ’ in what the program prints, and ' everywhere else. */
function apostrophe(file, line) {
  if (file.endsWith('.md') || comment.test(line)) return /\w’\w/.test(line.replace(/`[^`]*`/g, '')) ? "'" : undefined
  return printed.test(file) && /(["`])[^"`]*\w'\w[^"`]*\1/.test(line) ? '’' : undefined
}

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).trim().split('\n')
const files = tracked.filter(
  (file) =>
    /\.(ts|tsx|js|sol|md)$/.test(file) &&
    !/^test\/fixtures\/|\.generated\.|^contracts\/(lib|test)\/|^docs\/(commands|errors)\.md$|^scripts\/wording\.js$/.test(
      file,
    ),
)
let wrong = 0
for (const file of files) {
  let isShown = false
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    // What a page shows of the program's output is as the program prints it.
    if (file.endsWith('.md') && line.startsWith('```')) isShown = !isShown
    if (isShown) continue
    // The table of words in CONTRIBUTING.md names what we do not write.
    const named = file === 'CONTRIBUTING.md' && line.startsWith('|')
    const found = words.flatMap(([pattern, write]) => {
      const match = named ? null : pattern.exec(line.replace(published, ''))
      return match === null ? [] : [[match[0], write]]
    })
    const mark = apostrophe(file, line)
    if (mark !== undefined) found.push(['this apostrophe', mark])
    for (const [what, write] of found) {
      wrong++
      console.error(`${file}:${index + 1}: write ${write}, not ${what}`)
    }
  }
}
console.log(`${files.length} files, ${wrong} wordings to change`)
process.exitCode = wrong === 0 ? 0 : 1
