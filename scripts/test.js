// npm test: the unit tests, and beside them the contracts' tests, whose compiler takes a single core for most of its time. What
// forge writes follows when both are done. Words after `npm test --` go to jest.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** @param {string[]} words */
const npmRun = (words, stdio) => spawn('npm', ['run', '--silent', ...words], { cwd: root, stdio })
/** @param {import('node:child_process').ChildProcess} child */
const exitCodeOf = async (child) => (await once(child, 'exit'))[0] ?? 1

const contracts = npmRun(['test:contracts'], ['ignore', 'pipe', 'pipe'])
const written = []
for (const stream of [contracts.stdout, contracts.stderr]) stream?.on('data', (chunk) => written.push(chunk))
const unit = npmRun(['test:unit', '--', ...process.argv.slice(2)], 'inherit')
const codes = await Promise.all([exitCodeOf(unit), exitCodeOf(contracts)])
process.stdout.write(Buffer.concat(written))
process.exitCode = Math.max(...codes)
