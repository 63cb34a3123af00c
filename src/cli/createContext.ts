import type { CommandContext } from '../commands/CommandContext.js'
import type { Config } from '../config/loadConfig.js'
import { localNetwork } from '../config/localNetwork.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { Lifetime } from '../terminal/createLifetime.js'
import type { Output } from '../terminal/createOutput.js'
import { createShell } from '../terminal/Shell.js'
import type { Surroundings } from '../terminal/surroundings.js'
import type { Command } from './declareCommand.js'
import type { RawInput } from './readInput.js'

/** What one run is bound to. */
export interface Run {
  readonly surroundings: Surroundings
  readonly output: Output
  readonly lifetime: Lifetime
}

/** For a command that must run although the configuration is broken. */
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
  let config = noConfig
  if (command.config !== false) {
    // zod and cosmiconfig cost more to load than --help may take.
    const { loadConfig } = await import('../config/loadConfig.js')
    const given = (name: string): string | undefined =>
      options[name] === undefined ? undefined : String(options[name])
    config = await loadConfig({ folder: cwd, environment, network: given('network'), account: given('account') })
  }
  return {
    output,
    config,
    cwd,
    environment,
    stderr: surroundings.stderr,
    get stdin() {
      return surroundings.stdin
    },
    signal: lifetime.signal,
    flags,
    workspace() {
      if (config.workspace === undefined) throw new OpenLedgerError('OL1020', { folder: cwd })
      return config.workspace
    },
    async confirm(question) {
      const { confirm } = await import('../terminal/confirm.js')
      await confirm(question, { surroundings, yes: flags.yes, signal: lifetime.signal })
    },
    shell: createShell({ script, folder, cwd }),
    onExit: lifetime.onExit,
  }
}
