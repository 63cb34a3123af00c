import { decimalOpen } from '../terminal/formats.js'
import type { Paint, Style } from '../terminal/Style.js'
import { fill, pad, textWidth, wrap } from '../terminal/textWidth.js'
import { commandNamed, commandsBelow, nextWords } from './commandGroups.js'
import type { Command } from './declareCommand.js'
import { dryRun, globalOptions } from './globalOptions.js'
import { groups, nounSummaries } from './nouns.js'
import { longFlag, type Option } from './options.js'
import { lineOf } from './readInput.js'

/** Columns of the widest text: longer lines are tiring to read, however wide the terminal is. */
const widest = 100
/** A name wider than this gets a line of its own, so that one long name does not push every text to the right. */
const widestName = 32
/** Columns that a text beside its name needs; with fewer columns the text goes below the name. */
const leastRoom = 36

/** `dimmed` is printed below the help text: details that the reader may skip. */
type Row = readonly [name: string, help: string, dimmed?: string]
interface Section {
  readonly title: string
  readonly rows: readonly Row[]
  /** The rows are command lines to copy: each is printed on a line of its own, with its effect below. */
  readonly commands?: true
}

/** Renders two columns with the same width in all sections, so that the page has one edge. */
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

/** Renders a command line so that the user can paste it even when it takes more than one line. */
function renderExample([line, does]: Row, page: number, paint: Paint): string {
  // A flag stays with its value.
  const words = line.match(/(?:--\S+ (?!-))?(?:"[^"]*"|\S)+/g) ?? []
  const lines = fill(words, page - 6).map((part, index) => (index === 0 ? `  ${part}` : `      ${part}`))
  const told = wrap(does, page - 4).map((part) => `    ${paint.dim(part)}`)
  return [paint.cyan(lines.join(' \\\n')), ...told].join('\n')
}

/** The default as the help prints it; undefined when there is none to mention. */
function defaultOf({ fallback, negatable, defaultText }: Option<unknown>): string | undefined {
  if (defaultText !== undefined) return defaultText
  if (negatable) return fallback === true ? 'on' : 'off'
  if (fallback === undefined || fallback === false || fallback === '.') return undefined
  return typeof fallback === 'bigint' ? decimalOpen(fallback) : String(fallback)
}

function describeOption(option: Option<unknown>): string {
  const { help, required, bare, env } = option
  const usual = defaultOf(option)
  const facts = [
    required ? 'required' : '',
    usual === undefined ? '' : `default: ${usual}`,
    bare === undefined ? '' : `${String(bare)} without a number`,
    env === undefined ? '' : `env ${env}`,
  ].filter((fact) => fact !== '')
  return facts.length === 0 ? help : `${help} (${facts.join(', ')})`
}

function optionRow([name, option]: readonly [string, Option<unknown>]): Row {
  const { short, placeholder, negatable, bare } = option
  const value = placeholder === undefined ? '' : bare === undefined ? ` <${placeholder}>` : ` [${placeholder}]`
  const long = negatable ? longFlag(name).replace('--', '--[no-]') : longFlag(name)
  return [`${short === undefined ? '    ' : `-${short}, `}${long}${value}`, describeOption(option)]
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

/** The first example of the first command of a group, so that the examples follow the user's way through the groups. */
const firstExample = (commands: readonly Command[], nouns: readonly string[]): Command['examples'] =>
  nouns.flatMap((noun) => commands.find((command) => command.noun === noun)?.examples.slice(0, 1) ?? []).slice(0, 1)

/** `openledger --help`: one line for each noun. */
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
        ['openledger help <command>', 'Show what a command does, its options and examples'],
        ['openledger completion <shell>', 'Let bash, zsh or fish complete the command line'],
        ['openledger help exit-codes', 'Show what the exit codes mean'],
        ['openledger help errors [code]', 'Show every numbered error and how to fix it'],
      ] satisfies Row[],
    },
  ]
  return [
    `${paint.bold('openledger')} ${paint.dim(version)}\n${paragraph('Own the data, train the model, prove who shaped each answer, pay them.', style)}`,
    `${paint.bold('Usage')}  openledger <command> [options]`,
    renderSections(sections, style),
  ].join('\n\n')
}

/** `openledger datanet --help` and `openledger datanet access --help`: one line for each verb. */
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
        { title: 'More', rows: [[`openledger ${group} <verb> --help`, 'Show the options of one verb']] },
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
      rows: Object.entries(command.arguments).map(([name, option]): Row => {
        // The brackets say whether an argument is required.
        const { required } = option
        return [required ? `<${name}>` : `[${name}]`, describeOption({ ...option, required: false })]
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
