import { nextWords, wordsOf } from '../commandGroups.js'
import type { Command } from '../declareCommand.js'
import { dryRun, globalOptions } from '../globalOptions.js'
import { nounSummaries } from '../nouns.js'
import { flag, longFlag, negatedFlag, type Option } from '../options.js'

/** What a shell may complete behind a flag or at a place: files, words, or nothing that it could know. */
export type Completes = 'files' | 'anything' | readonly string[]

export interface CompletionFlag {
  /** `--device`, or `-q`. */
  readonly flag: string
  readonly help: string
  /** Undefined where the flag takes no value. */
  readonly value: Completes | undefined
}

/** A place on the command line: behind `openledger`, behind `datanet`, behind `datanet add`. */
export interface CompletionNode {
  /** Words behind `openledger` that lead there: `datanet add`. */
  readonly path: string
  readonly verbs: readonly { readonly word: string; readonly help: string }[]
  readonly flags: readonly CompletionFlag[]
  /** What stands at each place of the arguments. */
  readonly arguments: readonly Completes[]
}

/** A command without what it does. */
type Described = Omit<Command, 'execute'>

/** Options that every place has: those of every command, and the one that the program itself answers. */
const everywhere = { ...globalOptions, help: flag({ short: 'h', help: 'Show the help of a command' }) }

/** Every place of the command line that a shell can complete at, from the command table. */
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
    // What may follow the flag need not.
    const value = placeholder === undefined || bare !== undefined ? undefined : completedBy(option)
    const names = [
      longFlag(name),
      ...(short === undefined ? [] : [`-${short}`]),
      ...(negatable ? [negatedFlag(name)] : []),
    ]
    return names.map((flag) => ({ flag, help, value: flag.startsWith('--no-') ? undefined : value }))
  })
}
