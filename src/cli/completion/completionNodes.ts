import { nextWords, wordsOf } from '../commandGroups.js'
import type { Command } from '../declareCommand.js'
import { dryRun, globalOptions } from '../globalOptions.js'
import { nounSummaries } from '../nouns.js'
import { flag, longFlag, negatedFlag, type Option } from '../options.js'

/** What a shell can complete after a flag or at an argument: files, words, or nothing that it knows. */
export type Completes = 'files' | 'anything' | readonly string[]

export interface CompletionFlag {
  /** `--device`, or `-q`. */
  readonly flag: string
  readonly help: string
  /** Undefined when the flag takes no value. */
  readonly value: Completes | undefined
}

/** A place on the command line: after `openledger`, after `datanet`, after `datanet add`. */
export interface CompletionNode {
  /** Words after `openledger` that lead there: `datanet add`. */
  readonly path: string
  readonly verbs: readonly { readonly word: string; readonly help: string }[]
  readonly flags: readonly CompletionFlag[]
  /** What a shell can complete at each argument. */
  readonly arguments: readonly Completes[]
}

/** A command without its code. */
type Described = Omit<Command, 'execute'>

/** Options of every place: those of every command, and `--help`. */
const everywhere = { ...globalOptions, help: flag({ short: 'h', help: 'Show the help of a command' }) }

/** Every place of the command line at which a shell can complete, from the command table. */
export function completionNodes(commands: readonly Described[]): readonly CompletionNode[] {
  const paths = new Set(
    commands.flatMap((command) => wordsOf(command).map((_, depth, words) => words.slice(0, depth).join(' '))),
  )
  const groups = [...paths].map((path): CompletionNode => {
    const words = path === '' ? [] : path.split(' ')
    const verbs = nextWords(words, commands).map((word) => ({ word, help: helpOf([...words, word], commands) }))
    return { path, verbs, flags: flagsOf(everywhere), arguments: [] }
  })
  const single = commands.map(
    (command): CompletionNode => ({
      path: wordsOf(command).join(' '),
      verbs: [],
      flags: flagsOf({ ...command.options, ...(command.dryRun === true && { dryRun }), ...everywhere }),
      arguments: Object.values(command.arguments).map(completedBy),
    }),
  )
  return [...groups, ...single]
}

function helpOf(words: readonly string[], commands: readonly Described[]): string {
  const path = words.join(' ')
  return commands.find((command) => wordsOf(command).join(' ') === path)?.summary ?? nounSummaries[path] ?? ''
}

const completedBy = ({ completes }: Option<unknown>): Completes => completes ?? 'anything'

function flagsOf(options: Readonly<Record<string, Option<unknown>>>): CompletionFlag[] {
  return Object.entries(options).flatMap(([name, option]) => {
    const { help, short, placeholder, bare, negatable } = option
    // A value that is optional cannot be completed: the next word may be an argument.
    const value = placeholder === undefined || bare !== undefined ? undefined : completedBy(option)
    const names = [
      longFlag(name),
      ...(short === undefined ? [] : [`-${short}`]),
      ...(negatable ? [negatedFlag(name)] : []),
    ]
    return names.map((flag) => ({ flag, help, value: flag.startsWith('--no-') ? undefined : value }))
  })
}
