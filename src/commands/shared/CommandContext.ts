import type { PlannedTransaction } from '../../chain/client/describeTransaction.js'
import type { Workspace } from '../../config/findWorkspace.js'
import type { Config } from '../../config/loadConfig.js'
import type { Output } from '../../terminal/createOutput.js'
import type { Shell } from '../../terminal/Shell.js'
import type { Surroundings } from '../../terminal/surroundings.js'
import type { SigningHooks } from '../../workflows/network/accounts.js'

/** What every command receives beside its own input. */
export interface CommandContext {
  /** The only way to talk: one result on stdout, everything else on stderr. */
  readonly output: Output
  /** Flag before environment before project before user, and what signing asks of the user: all that `openConnection` takes. */
  readonly config: Config & { readonly signing: SigningHooks }
  /** Absolute folder that relative paths are meant from (`--cwd`). Inputs declared with `path` are resolved already. */
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What is piped into the command, or its terminal. Opened when it is first asked for. */
  readonly stdin: Surroundings['stdin']
  /** Where a command that reads a terminal draws its prompt. */
  readonly stderr: Surroundings['stderr']
  /** Aborted by Ctrl-C: stop soon, in a state that the same command resumes. */
  readonly signal: AbortSignal
  readonly flags: {
    readonly json: boolean
    readonly quiet: boolean
    readonly yes: boolean
    readonly verbose: boolean
    /** Change nothing, tell what would be done. Only a command declared with `dryRun: true` can find it set. */
    readonly dryRun: boolean
  }
  /**
   * The workspace that the command runs in.
   *
   * @throws OL1020 when there is none
   */
  workspace(): Workspace
  /**
   * Asks before money moves or data is overwritten. A user who agrees is not asked again about each transaction, but
   * on a network that is not local sees it when it is signed, unless it was shown with the question.
   *
   * @param options.shown the transactions that were shown with the question; another one that is to be signed is shown and
   * asked about by itself
   * @throws OL1008 off a terminal without --yes
   * @throws OL1009 when the user declines
   */
  confirm(question: string, options?: { readonly shown?: readonly PlannedTransaction[] }): Promise<void>
  /**
   * Asks before a file of the user is replaced; where there is none nothing is asked. A yes is none to a transaction.
   *
   * @param path absolute
   * @throws OL1008 off a terminal without --yes
   * @throws OL1009 when the user declines
   */
  confirmReplacing(path: string): Promise<void>
  /**
   * A line from the keyboard that is not shown while it is typed.
   *
   * @param remedy what to do where there is no terminal
   * @throws OL1621 off a terminal
   */
  secret(what: string, remedy: string): Promise<string>
  /**
   * A password, from the file that `OPENLEDGER_PASSWORD_FILE` names, else from the keyboard.
   *
   * @throws OL1621 off a terminal without such a file, OL1622 when it cannot be used
   */
  password(what: string, options?: { readonly twice: boolean }): Promise<string>
  /** For telling what to type next. */
  readonly shell: Shell
  /** Registers what must be undone however the command ends; the function it returns takes that back. */
  onExit(cleanup: () => unknown): () => void
}
