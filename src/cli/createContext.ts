import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import type { PlannedTransaction } from '../chain/client/describeTransaction.js'
import { isAsShown } from '../chain/client/isAsShown.js'
import type { CommandContext } from '../commands/shared/CommandContext.js'
import type { Config } from '../config/loadConfig.js'
import { localNetwork } from '../config/localNetwork.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hearSignals, type Lifetime } from '../terminal/createLifetime.js'
import type { Output } from '../terminal/createOutput.js'
import { createShell } from '../terminal/Shell.js'
import type { Surroundings } from '../terminal/surroundings.js'
import type { SigningHooks } from '../workflows/network/accounts.js'
import type { Command } from './declareCommand.js'
import type { RawInput } from './RawInput.js'

/** The surroundings, output and lifetime of one run. */
export interface Run {
  readonly surroundings: Surroundings
  readonly output: Output
  readonly lifetime: Lifetime
}

/** The configuration of a command that must run even when the configuration is broken. */
const noConfig: Config = {
  workspace: undefined,
  base: undefined,
  network: localNetwork,
  networks: {},
  account: undefined,
  keystores: '',
  licence: undefined,
}

/** @throws OL1021 to OL1023 when the configuration cannot be used */
export async function createContext(
  command: Command,
  { options }: RawInput,
  cwd: string,
  { surroundings, output, lifetime }: Run,
): Promise<CommandContext> {
  const { environment, script, cwd: folder } = surroundings
  const flags = {
    json: options['json'] === true,
    quiet: options['quiet'] === true,
    yes: options['yes'] === true,
    verbose: options['verbose'] === true,
    dryRun: options['dryRun'] === true,
  }
  const given = (name: string): string | undefined => (options[name] === undefined ? undefined : String(options[name]))
  let config: Config = { ...noConfig, network: given('network') ?? localNetwork, account: given('account') }
  if (command.config !== false) {
    // Loading zod and cosmiconfig takes longer than --help may take.
    const { loadConfig } = await import('../config/loadConfig.js')
    config = await loadConfig({ folder: cwd, environment, network: given('network'), account: given('account') })
  }
  const { signal } = lifetime
  // Undefined until the user agrees; then the transactions that the question showed and that are not signed yet.
  let agreed: PlannedTransaction[] | undefined
  let wasShown = false
  /** An interrupted command begins no further step. */
  const step: Output['step'] = async (title, work) => {
    await hearSignals()
    signal.throwIfAborted()
    return output.step(title, work)
  }
  const { presentData } = await import('./presentData.js')
  const result: Output['result'] = (data, render, failure) =>
    output.result(presentData(data, { open: output.json }), render, failure)
  const confirm = async (question: string): Promise<void> => {
    const { confirm: ask } = await import('../terminal/confirm.js')
    await output.aside(() => ask(question, { surroundings, yes: flags.yes, signal }))
  }
  const password = async (what: string, { twice } = { twice: false }): Promise<string> => {
    const { askPassword } = await import('../terminal/askPassword.js')
    return output.aside(() => askPassword(what, { surroundings, signal, twice, warn: output.warn }))
  }
  const signing: SigningHooks = {
    password: ({ name }) => password(`The password of ${name}`),
    note: output.note,
    async review(transaction) {
      if (flags.dryRun) throw new OpenLedgerError('OL1633', { function: transaction.function ?? 'a transaction' })
      // Only shown transactions are sent. If the chain or the files have changed since, the new transaction is shown now.
      const known = agreed?.findIndex((shown) => isAsShown(transaction, shown)) ?? -1
      if (known >= 0) {
        agreed?.splice(known, 1)
        return
      }
      const { describeTransactions } = await import('../commands/views/describeTransactions.js')
      output.note(describeTransactions([transaction]))
      // The user was not asked, or was asked about other transactions: each remaining one is a question of its own.
      if (agreed === undefined || wasShown) await confirm(`Sign this transaction on ${transaction.network}?`)
    },
  }
  return {
    output: Object.assign(Object.create(output) as Output, { step, result }),
    config: { ...config, signing },
    cwd,
    environment,
    stderr: surroundings.stderr,
    get stdin() {
      return surroundings.stdin
    },
    signal,
    flags,
    workspace() {
      if (config.workspace === undefined) throw new OpenLedgerError('OL1020', { folder: cwd })
      return config.workspace
    },
    async confirm(question, { shown } = {}) {
      await confirm(question)
      wasShown = shown !== undefined
      agreed = [...(shown ?? [])]
    },
    async confirmReplacing(path) {
      if (existsSync(path)) await confirm(`Replace ${relative(cwd, path)}?`)
    },
    async secret(what, remedy) {
      const { askSecret } = await import('../terminal/askSecret.js')
      return output.aside(() => askSecret(what, { surroundings, signal, remedy }))
    },
    password,
    shell: createShell({ script, folder, cwd, network: given('network') }),
    onExit: lifetime.onExit,
  }
}
