import { decimalOpen } from '../terminal/formats.js'
import type { Paint, Style } from '../terminal/Style.js'
import { fill, pad, textWidth, wrap } from '../terminal/textWidth.js'
import { commandNamed, commandsBelow, nextWords } from './commandGroups.js'
import type { Command } from './declareCommand.js'
import { dryRun, globalOptions } from './globalOptions.js'
import { groups, nounSummaries } from './nouns.js'
import { longFlag, type Option } from './options.js'
import { lineOf } from './readInput.js'

/** Text wider than this is tiring to read, however wide the terminal is. */
const widest = 100
/** A name wider than this has a line of its own: one long name must not push every text to the right. */
const widestName = 32
/** Columns that a text beside its name needs; where there are fewer it stands below. */
const leastRoom = 36

/** `dimmed` stands below the help: what one need not read. */
type Row = readonly [name: string, help: string, dimmed?: string]
interface Section {
  readonly title: string
  readonly rows: readonly Row[]
  /** Rows are command lines to copy: each on a line of its own, what it does below. */
  readonly commands?: true
}

/** Two columns, one width for all sections, so that the page has one edge. */
function renderSections(sections: readonly Section[], style: Style): string {
  const { paint } = style
  const shown = sections.filter(({ rows }) => rows.length > 0)
  const widths = shown.flatMap(({ rows, commands }) => (commands ? [] : rows.map(([name]) => textWidth(name))))
  const left = Math.max(0, ...widths.filter((width) => width <= widestName))
  const page = Math.min(widest, style.columns)
  const beside = page - left - 4 >= leastRoom
  const indent = ' '.repeat(beside ? left + 4 : 6)
  const renderRow = ([name, help, dimmed = '']: Row): string => {
    const room = page - indent.length
    const lines = [...wrap(help, room), ...(dimmed === '' ? [] : wrap(dimmed, room).map((line) => paint.dim(line)))]
    if (!beside || textWidth(name) > left)
      return [`  ${paint.cyan(name)}`, ...lines.map((line) => indent + line)].join('\n')
    const [first = '', ...more] = lines
    return [`  ${paint.cyan(pad(name, left))}  ${first}`, ...more.map((line) => indent + line)].join('\n')
  }
  return shown
    .map(({ title, rows, commands }) =>
      [paint.bold(title), ...rows.map((row) => (commands ? renderExample(row, page, paint) : renderRow(row)))].join(
        '\n',
      ),
    )
    .join('\n\n')
}

/** The command line can be pasted also where it takes more than one line. */
function renderExample([line, does]: Row, page: number, paint: Paint): string {
  // A flag stays with its value.
  const words = line.match(/(?:--\S+ (?!-))?(?:"[^"]*"|\S)+/g) ?? []
  const lines = fill(words, page - 6).map((part, index) => (index === 0 ? `  ${part}` : `      ${part}`))
  const told = wrap(does, page - 4).map((part) => `    ${paint.dim(part)}`)
  return [paint.cyan(lines.join(' \\\n')), ...told].join('\n')
}

function optionRow([name, option]: readonly [string, Option<unknown>]): Row {
  const { short, placeholder, help, required, fallback, env, negatable, bare } = option
  const facts = [
    required ? 'required' : '',
    fallback === undefined || (fallback === false && !negatable) || fallback === '.'
      ? ''
      : `default ${negatable ? (fallback ? 'on' : 'off') : typeof fallback === 'bigint' ? decimalOpen(fallback) : String(fallback)}`,
    bare === undefined ? '' : `${String(bare)} without a number`,
    env === undefined ? '' : `env ${env}`,
  ].filter((fact) => fact !== '')
  const value = placeholder === undefined ? '' : bare === undefined ? ` <${placeholder}>` : ` [${placeholder}]`
  const told = facts.length === 0 ? '' : ` (${facts.join(', ')})`
  const long = negatable ? longFlag(name).replace('--', '--[no-]') : longFlag(name)
  return [`${short === undefined ? '    ' : `-${short}, `}${long}${value}`, help + told]
}

const usageOf = (command: Command): string =>
  Object.entries(command.arguments)
    .map(([name, { required }]) => (required ? ` <${name}>` : ` [${name}]`))
    .join('')

const optionsOf = ({ options, dryRun: has }: Command) => Object.entries(has === true ? { ...options, dryRun } : options)

const globalSection = (title: string): Section => ({
  title,
  rows: [
    ...Object.entries(globalOptions).map(optionRow),
    ['-h, --help', 'Show the help of a command'],
    ['-V, --version', 'Show the version'],
  ],
})

const exampleSection = (examples: Command['examples']): Section => ({
  title: 'Examples',
  rows: examples.map(([line, does]) => [`openledger ${line}`, does]),
  commands: true,
})

const paragraph = (text: string, { columns }: Style): string => wrap(text, Math.min(widest, columns)).join('\n')

/** Of the first command of a group, so that the examples follow the user's way through the groups. */
const firstExample = (commands: readonly Command[], nouns: readonly string[]): Command['examples'] =>
  nouns.flatMap((noun) => commands.find((command) => command.noun === noun)?.examples.slice(0, 1) ?? []).slice(0, 1)

/** `openledger --help`: one line a noun. */
export function renderProgramHelp(commands: readonly Command[], version: string, style: Style): string {
  const { paint } = style
  const nounRow = (noun: string): Row[] => {
    const own = commands.filter((command) => command.noun === noun)
    const [first] = own
    if (first === undefined) return []
    if (first.verb === undefined) return [[noun + usageOf(first), first.summary]]
    return [[noun, nounSummaries[noun] ?? first.summary, nextWords([noun], own).join(', ')]]
  }
  const sections = [
    ...groups.map(({ title, nouns }) => ({ title, rows: nouns.flatMap(nounRow) })),
    exampleSection(groups.flatMap(({ nouns }) => firstExample(commands, nouns))),
    globalSection('Options'),
    {
      title: 'More',
      rows: [
        ['openledger help <command>', 'What a command does, its options and examples'],
        ['openledger completion <shell>', 'Let bash, zsh or fish complete the command line'],
        ['openledger help exit-codes', 'What the exit codes mean'],
        ['openledger help errors [code]', 'Every numbered error and how to fix it'],
      ] satisfies Row[],
    },
  ]
  return [
    `${paint.bold('openledger')} ${paint.dim(version)}\n${paragraph('Own the data, train the model, prove who shaped each answer, pay them.', style)}`,
    `${paint.bold('Usage')}  openledger <command> [options]`,
    renderSections(sections, style),
  ].join('\n\n')
}

/** `openledger datanet --help`, and of a group within: one line a verb. */
export function renderGroupHelp(words: readonly string[], commands: readonly Command[], style: Style): string {
  const group = words.join(' ')
  const rows = nextWords(words, commands).map((word): Row => {
    const path = [...words, word]
    const command = commandNamed(path, commands)
    if (command !== undefined) return [word + usageOf(command), command.summary]
    return [word, nounSummaries[path.join(' ')] ?? '', nextWords(path, commands).join(', ')]
  })
  const examples = nextWords(words, commands).flatMap((word) => {
    const path = [...words, word]
    return (commandNamed(path, commands) ?? commandsBelow(path, commands)[0])?.examples.slice(0, 1) ?? []
  })
  return [
    `${style.paint.bold('Usage')}  openledger ${group} <verb> [options]`,
    paragraph(`${nounSummaries[group] ?? ''}.`, style),
    renderSections(
      [
        { title: 'Verbs', rows },
        exampleSection(examples),
        { title: 'More', rows: [[`openledger ${group} <verb> --help`, 'The options of one verb']] },
      ],
      style,
    ),
  ].join('\n\n')
}

/** `openledger train --help`. */
export function renderCommandHelp(command: Command, style: Style): string {
  const about = [`${command.summary}.`, ...(command.details === undefined ? [] : [command.details])].join(' ')
  const sections = [
    {
      title: 'Arguments',
      rows: Object.entries(command.arguments).map(([name, { help, required }]): Row => {
        return [required ? `<${name}>` : `[${name}]`, help]
      }),
    },
    { title: 'Options', rows: optionsOf(command).map(optionRow) },
    exampleSection(command.examples),
    globalSection('Options of every command'),
  ]
  const words = [lineOf(command), ...usageOf(command).trim().split(' '), '[options]'].filter((word) => word !== '')
  const usage = fill(words, Math.min(widest, style.columns) - 7).join('\n       ')
  return [`${style.paint.bold('Usage')}  ${usage}`, paragraph(about, style), renderSections(sections, style)].join(
    '\n\n',
  )
}
