import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parseCommandLine } from '../../src/cli/buildProgram.js'
import { commandTable } from '../../src/cli/commandTable.js'
import { completionCommand } from '../../src/cli/completion/completionCommand.js'
import { helpCommand } from '../../src/cli/helpCommand.js'
import { readInput } from '../../src/cli/readInput.js'
import { createStyle } from '../../src/terminal/Style.js'
import { root } from './openledger.js'

const commands = [...commandTable, helpCommand, completionCommand]
const options = { commands, version: '0', style: createStyle(process.stdout, {}, false), write: () => undefined }

/** The pages that people write; docs/commands.md and docs/errors.md are written from the tables themselves. */
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'contracts/README.md', 'base-model/README.md'],
  ...readdirSync(join(root, 'docs')).flatMap((name) =>
    /^(?!commands|errors).*\.md$/.test(name) ? [`docs/${name}`] : [],
  ),
]

/** A line without its comment, what follows a pipe, and the variables before it; what is elided has a value. */
const filled = (line: string): string =>
  line
    .replace(/\s#\s.*$|\s[|>&].*$/, '')
    .replace(/^.*?\bopenledger /, '')
    .replace(/0x(?:…|<\w+>)/g, `0x${'1'.repeat(64)}`)

const lines = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => /^(?:[A-Z_]+=\S+ |npx |\S+ \| )*openledger /.test(line))
      .map((line): [string, string] => [page, filled(line)]),
  ),
)

test('the pages have lines to type', () => {
  expect(lines.length).toBeGreaterThan(40)
})

test.each(lines)('%s: openledger %s', (_, line) => {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, one, other, bare]) => one ?? other ?? bare ?? '',
  )
  const { command, raw } = parseCommandLine(words, options)
  readInput(command, raw, { cwd: '/', environment: {} })
})
