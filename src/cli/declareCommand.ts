import type { CommandContext } from '../commands/shared/CommandContext.js'
import type { FileValue } from './FileValue.js'
import type { Option } from './options.js'

// Option uses its type parameter in covariant places only, so that every option is also an Option<unknown>.
type Options = Readonly<Record<string, Option<unknown>>>

type ValuesOf<Declared extends Options> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Option<infer Value> ? Value : never
}

interface CommandSpec<Arguments extends Options, Flags extends Options> {
  readonly noun: string
  /** One or two words: `up`, `snapshot save`. A noun that is a command by itself has no verb. */
  readonly verb?: string
  /** One line for the list of commands: imperative, no full stop. */
  readonly summary: string
  /** What the user also has to know; shown in the command's own help. */
  readonly details?: string
  /** The arguments in their order on the command line. */
  readonly arguments: Arguments
  /** The flags; the user writes `learningRate` as `--learning-rate`. */
  readonly options: Flags
  /** Command lines to copy, without `openledger`, and what each does. */
  readonly examples: readonly (readonly [line: string, does: string])[]
  /** The command can show what it would do: adds `--dry-run`. */
  readonly dryRun?: true
  /** Reads the file of settings that the option `config` names; its values replace options that are not given. */
  readonly settings?: () => Promise<{
    readonly readSettings: (
      path: string,
      reader: {
        readonly names: readonly string[]
        readonly read: (name: string, given: FileValue) => unknown
      },
    ) => Promise<{ readonly values: ReadonlyMap<string, FileValue>; readonly notes: readonly string[] }>
  }>
  /** False for a command that must run even when the configuration is broken. */
  readonly config?: false
}

/** A row of the command table, without the types of its options. */
export interface Command extends CommandSpec<Options, Options> {
  execute(context: CommandContext, input: Readonly<Record<string, unknown>>): Promise<void>
}

/**
 * Declares a command as data. The file of the command is imported only when it runs. The declaration does not compile when
 * `run` expects an option that is not declared or has another type.
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
      // readInput made the input from this very declaration.
      await run(context, input as ValuesOf<Arguments> & ValuesOf<Flags>)
    },
  }
}
