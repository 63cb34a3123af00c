import type { Style } from '../terminal/Style.js'
import { pad, textWidth, wrap } from '../terminal/textWidth.js'
import type { Command } from './declareCommand.js'
import { dryRun, globalOptions } from './globalOptions.js'
import { groups, nounSummaries } from './nouns.js'
import { longFlag, type Option } from './options.js'
import { lineOf } from './readInput.js'

/** Text wider than this is tiring to read, however wide the terminal is. */
const widest = 100

type Row = readonly [name: string, help: string]
interface Section {
  readonly title: string
  readonly rows: readonly Row[]
}

/** Two columns, one width for all sections, so that the page has one edge. */
function renderSections(sections: readonly Section[], { paint, columns }: Style): string {
  const shown = sections.filter(({ rows }) => rows.length > 0)
  const left = Math.max(...shown.flatMap(({ rows }) => rows.map(([name]) => textWidth(name))))
  const room = Math.max(24, Math.min(widest, columns) - left - 4)
  const renderRow = ([name, help]: Row): string => {
    const [first = '', ...more] = wrap(help, room)
    const indent = ' '.repeat(left + 4)
    return [`  ${paint.cyan(pad(name, left))}  ${first}`, ...more.map((line) => indent + line)].join('\n')
  }
  return shown.map(({ title, rows }) => [paint.bold(title), ...rows.map(renderRow)].join('\n')).join('\n\n')
}

function optionRow([name, option]: readonly [string, Option<unknown>]): Row {
  const { short, placeholder, help, required, fallback, env } = option
  const facts = [
    required ? 'required' : '',
    fallback === undefined || fallback === false || fallback === '.' ? '' : `default ${String(fallback)}`,
    env === undefined ? '' : `env ${env}`,
  ].filter((fact) => fact !== '')
  const value = placeholder === undefined ? '' : ` <${placeholder}>`
  const told = facts.length === 0 ? '' : ` (${facts.join(', ')})`
  return [`${short === undefined ? '    ' : `-${short}, `}${longFlag(name)}${value}`, help + told]
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

const exampleRows = (examples: Command['examples']): Row[] =>
  examples.map(([line, does]) => [`openledger ${line}`, does])

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
    return [[`${noun} ${own.map(({ verb }) => verb).join('|')}`, nounSummaries[noun] ?? first.summary]]
  }
  const sections = [
    ...groups.map(({ title, nouns }) => ({ title, rows: nouns.flatMap(nounRow) })),
    globalSection('Options'),
    { title: 'Examples', rows: exampleRows(groups.flatMap(({ nouns }) => firstExample(commands, nouns))) },
    {
      title: 'More',
      rows: [
        ['openledger help <command>', 'What a command does, its options and examples'],
        ['openledger help exit-codes', 'What the exit codes mean'],
        ['openledger help errors [code]', 'Every numbered error and how to mend it'],
      ] satisfies Row[],
    },
  ]
  return [
    `${paint.bold('openledger')} ${version}: own the data, train the model, prove who shaped each answer, pay them.`,
    `${paint.bold('Usage')}  openledger <command> [options]`,
    renderSections(sections, style),
  ].join('\n\n')
}

/** `openledger datanet --help`: one line a verb. */
export function renderNounHelp(noun: string, commands: readonly Command[], style: Style): string {
  const rows = commands.map((command): Row => [`${command.verb}${usageOf(command)}`, command.summary])
  return [
    `${style.paint.bold('Usage')}  openledger ${noun} <verb> [options]`,
    `${nounSummaries[noun] ?? ''}.`,
    renderSections(
      [
        { title: 'Verbs', rows },
        { title: 'Examples', rows: exampleRows(commands.flatMap(({ examples }) => examples.slice(0, 1))) },
        { title: 'More', rows: [[`openledger ${noun} <verb> --help`, 'The options of one verb']] },
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
    globalSection('Options of every command'),
    { title: 'Examples', rows: exampleRows(command.examples) },
  ]
  return [
    `${style.paint.bold('Usage')}  ${lineOf(command)}${usageOf(command)} [options]`,
    wrap(about, Math.min(widest, style.columns)).join('\n'),
    renderSections(sections, style),
  ].join('\n\n')
}
