import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parseCommandLine, Stopped } from '../../src/cli/buildProgram.js'
import { commandTable } from '../../src/cli/commandTable.js'
import { completionCommand } from '../../src/cli/completion/completionCommand.js'
import { helpCommand } from '../../src/cli/helpCommand.js'
import { readInput } from '../../src/cli/readInput.js'
import { catalogue } from '../../src/errors/catalogue.js'
import { createStyle } from '../../src/terminal/Style.js'
import { root } from './openledger.js'

const commands = [...commandTable, helpCommand, completionCommand]
const options = { commands, version: '0', style: createStyle(process.stdout, {}, false), write: () => undefined }

/** What stands for a part of a line that is known only when it is printed. */
const filled = (line: string): string =>
  line
    .replace(/\$\{(?:(?!request)\w*[iI]d|hash|of)\}/g, `0x${'1'.repeat(64)}`)
    .replace(/\$\{(?:from|to|address)\}/g, `0x${'1'.repeat(40)}`)
    .replace(/\$\{[^}]*\}/g, '1')

/** The words of a line as a shell takes them apart. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

/** Every line that a command builds for the user to type, as the source spells it. */
const lines = readdirSync(join(root, 'src/commands'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => {
    const source = readFileSync(join(root, 'src/commands', name), 'utf8')
    const calls = [...source.matchAll(/shell\.line\(\s*([\s\S]*?)\)[,}`\s\]]/g)].map(([, inner]) => inner ?? '')
    return calls.flatMap((inner) =>
      [...inner.matchAll(/'([a-z][^'\n]* ?[^'\n]*)'|`([a-z][^`\n]*)`/g)].map(
        ([, plain, template]): [string, string] => [name, plain ?? template ?? ''],
      ),
    )
  })

describe('what commands tell the user to type next', () => {
  test('is found', () => {
    expect(lines.length).toBeGreaterThan(20)
  })

  test.each(lines)('%s: %s', (_, line) => {
    const { command, raw } = parseCommandLine(wordsOf(filled(line)), options)
    readInput(command, raw, { cwd: '/', environment: {} })
  })
})

/** Commands that hints name, whole or in part. */
const hinted = Object.entries<{ readonly message: string; readonly hint: string }>(catalogue).flatMap(
  ([code, { message, hint }]) =>
    [...`${message} ${hint}`.matchAll(/`openledger ([a-z][^`]*)`/g)].map(([, line = '']): [string, string] => [
      code,
      line.replace(/\{\w+\}/g, '1'),
    ]),
)

test.each(hinted)('%s names a command that there is: %s', (_, line) => {
  try {
    parseCommandLine(wordsOf(line), options)
  } catch (stop) {
    // A hint may leave a value to the reader, never a name.
    expect((stop as Stopped).code).not.toMatch(/unknown(Command|Option)|excessArguments/)
    expect(stop).toBeInstanceOf(Stopped)
  }
})
