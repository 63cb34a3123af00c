import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes what has changed of a folder of generated files, and removes what is not generated any more. With `--check` on the
 * command line nothing is written, and a difference is the exit code 1.
 *
 * @param {object} options
 * @param {string} options.target the folder
 * @param {ReadonlyMap<string, string>} options.files name to content, all that there is to be
 * @param {string} options.suffix of the names that are generated here; all else in the folder is left alone
 * @param {string} options.noun what the files hold, for the report
 * @param {string} options.stale what is said when they differ, without the names
 * @param {string} options.command that brings them up to date
 */
export function writeGenerated({ target, files, suffix, noun, stale, command }) {
  mkdirSync(target, { recursive: true })
  const removed = readdirSync(target).filter((file) => file.endsWith(suffix) && !files.has(file))
  const changed = [...files].filter(([file, text]) => {
    const path = join(target, file)
    return !existsSync(path) || readFileSync(path, 'utf8') !== text
  })
  if (!process.argv.includes('--check')) {
    for (const file of removed) rmSync(join(target, file))
    for (const [file, text] of changed) writeFileSync(join(target, file), text)
    process.stdout.write(`${files.size} ${noun}, ${changed.length} files written, ${removed.length} removed\n`)
  } else if (changed.length + removed.length > 0) {
    const names = [...changed.map(([file]) => file), ...removed].join(', ')
    process.stderr.write(`${stale}: ${names}\nRun ${command} and commit the result.\n`)
    process.exitCode = 1
  } else {
    process.stdout.write(`${files.size} ${noun}, all up to date\n`)
  }
}
