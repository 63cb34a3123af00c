import type { CommandContext } from '../commands/shared/CommandContext.js'
import type { FileValue } from './FileValue.js'
import type { Option } from './options.js'

// An option's value stands only in covariant places, so that an option of anything is an option of unknown.
type Options = Readonly<Record<string, Option<unknown>>>

type ValuesOf<Declared extends Options> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Option<infer Value> ? Value : never
}

interface CommandSpec<Arguments extends Options, Flags extends Options> {
  readonly noun: string
  /** One word or two, `up` or `snapshot save`; absent when the noun is a command by itself. */
  readonly verb?: string
  /** One line for the list of commands: imperative, no full stop. */
  readonly summary: string
  /** What one must know besides, for the command's own help. */
  readonly details?: string
  /** In their order on the command line. */
  readonly arguments: Arguments
  /** `learningRate` is written `--learning-rate`. */
  readonly options: Flags
  /** Command lines that can be copied, without `openledger`, and what each does. */
  readonly examples: readonly (readonly [line: string, does: string])[]
  /** It can tell what it would do: adds `--dry-run`. */
  readonly dryRun?: true
  /** Reads the file of settings that its option `config` names; they stand in for options that are not given. */
  readonly settings?: () => Promise<{
    readonly readSettings: (
      path: string,
      reader: {
        readonly names: readonly string[]
        readonly read: (name: string, given: FileValue) => unknown
      },
    ) => Promise<{ readonly values: ReadonlyMap<string, FileValue>; readonly notes: readonly string[] }>
  }>
  /** False for a command that must run although the configuration is broken. */
  readonly config?: false
}

/** A row of the command table, its types folded away. */
export interface Command extends CommandSpec<Options, Options> {
  execute(context: CommandContext, input: Readonly<Record<string, unknown>>): Promise<void>
}

/**
 * Declares a command as data. Its file is imported only when it runs, and must take what the declaration promises:
 * an option that `run` expects and that is not declared, or of another type, does not compile.
 *
 * @param load imports a module with `run(context, input)`
 */
export function declareCommand<const Arguments extends Options, const Flags extends Options>(
  spec: CommandSpec<Arguments, Flags>,
  load: () => Promise<{
    readonly run: (context: CommandContext, input: ValuesOf<Arguments> & ValuesOf<Flags>) => Promise<void>
  }>,
): Command {
  return {
    ...spec,
    async execute(context, input) {
      const { run } = await load()
      // readInput made it from this very declaration.
      await run(context, input as ValuesOf<Arguments> & ValuesOf<Flags>)
    },
  }
}
