import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { wordsOf } from '../../src/cli/commandGroups.js'
import { commandTable } from '../../src/cli/commandTable.js'
import { completionNodes } from '../../src/cli/completion/completionNodes.js'
import { bashCompletion, fishCompletion, zshCompletion } from '../../src/cli/completion/shellCompletion.js'
import { longFlag } from '../../src/cli/options.js'
import { build, openledger } from './openledger.js'

const nodes = completionNodes(commandTable)
let folder: string

beforeAll(() => {
  build()
  folder = mkdtempSync(join(tmpdir(), 'completion-'))
  for (const name of ['records.jsonl', 'two words.jsonl', 'other.txt']) writeFileSync(join(folder, name), '')
  writeFileSync(join(folder, 'script.bash'), bashCompletion(nodes))
  writeFileSync(join(folder, 'script.zsh'), zshCompletion(nodes))
  writeFileSync(join(folder, 'script.fish'), fishCompletion(nodes))
})
afterAll(() => rmSync(folder, { recursive: true }))

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0

function answer(shell: string, words: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(shell, words, { cwd: folder, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.split('\n').filter((line) => line !== '')
}

/** What bash offers when the cursor stands behind the last word, as readline calls the function. */
const inBash = (words: readonly string[]): string[] =>
  answer('bash', [
    '--norc',
    '-c',
    `source ./script.bash; COMP_WORDS=(openledger "$@"); COMP_CWORD=$#; _openledger; printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
    ...words,
  ])

/** zsh's own functions draw on a terminal: here they tell what they were given. */
const inZsh = (words: readonly string[]): string[] =>
  answer('zsh', [
    '-f',
    '-c',
    'compdef() { :; }; compset() { :; }; compadd() { shift; print -l -- $@; }; _files() { print -- FILES; }; source ./script.zsh; words=(openledger "$@"); CURRENT=$#words; _openledger',
    'zsh',
    ...words,
  ])

const inFish = (words: readonly string[]): string[] =>
  answer('fish', [
    '--no-config',
    '-c',
    `source ./script.fish; complete -C '${['openledger', ...words].join(' ')}'`,
  ]).map((line) => line.split('\t')[0] as string)

const cases: readonly (readonly [line: readonly string[], expected: readonly string[]])[] = [
  [['quick'], ['quickstart']],
  [
    ['devnet', 'snapshot', ''],
    ['save', 'restore', 'list'],
  ],
  [['-C', 'train', 'devnet', 'snapshot', 're'], ['restore']],
  [['train', '--device', 'we'], ['webgpu']],
  [['train', '--no-shuf'], ['--no-shuffle']],
  [
    ['datanet', 'access', 'policy', '--access', ''],
    ['everyone', 'granted'],
  ],
]

describe('bash', () => {
  test.each(cases)('%j', (line, expected) => {
    // bash narrows what is offered by itself.
    expect(inBash(line).sort()).toEqual([...expected].sort())
  })

  test('files where an option or an argument takes one, with their spaces', () => {
    expect(inBash(['train', '--data', '']).sort()).toEqual(expect.arrayContaining(['records.jsonl', 'two words.jsonl']))
    expect(inBash(['train', '--data', '=', 'rec'])).toEqual(['records.jsonl'])
    expect(inBash(['datanet', 'add', 'rec'])).toEqual(['records.jsonl'])
    expect(inBash(['datanet', 'review', '--reason', ''])).toEqual([])
  })

  test.each(commandTable.map((command) => [wordsOf(command).join(' '), command] as const))(
    'every option of %s',
    (words, command) => {
      const offered = inBash([...words.split(' '), '--'])
      expect(offered).toEqual(expect.arrayContaining(Object.keys(command.options).map(longFlag)))
      expect(offered).toEqual(expect.arrayContaining(['--json', '--help']))
    },
  )
})

const zsh = has('zsh') ? describe : describe.skip
zsh('zsh', () => {
  test.each(cases)('%j', (line, expected) => {
    const last = line.at(-1) as string
    const offered = inZsh(line).filter((word) => word.startsWith(last))
    expect(offered.sort()).toEqual([...expected].sort())
  })

  test('files where an option or an argument takes one', () => {
    expect(inZsh(['train', '--data', ''])).toEqual(['FILES'])
    expect(inZsh(['datanet', 'add', ''])).toEqual(['FILES'])
    expect(inZsh(['datanet', 'review', '--reason', ''])).toEqual([])
    expect(inZsh(['train', '--data='])).toEqual(['FILES'])
  })

  test('the value in the same word as its option', () => {
    expect(inZsh(['train', '--device=w'])).toContain('webgpu')
    expect(inZsh(['train', '--seed='])).toEqual([])
  })
})

const fish = has('fish') ? describe : describe.skip
fish('fish', () => {
  test.each(cases)('%j', (line, expected) => {
    expect(inFish(line).sort()).toEqual([...expected].sort())
  })

  test('files where an option or an argument takes one', () => {
    expect(inFish(['train', '--data', 'rec'])).toEqual(['records.jsonl'])
    expect(inFish(['datanet', 'add', 'rec'])).toEqual(['records.jsonl'])
    expect(inFish(['datanet', 'review', '--reason', 'rec'])).toEqual([])
  })
})

test.each(['bash', 'zsh', 'fish'])('openledger completion %s writes the script', (shell) => {
  const { status, stdout } = openledger(['completion', shell])
  expect(status).toBe(0)
  expect(stdout).toContain('completion')
  expect(openledger(['completion', 'tcsh']).status).toBe(2)
})
