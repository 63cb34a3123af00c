import { localNetwork } from '../config/localNetwork.js'
import { flag, type Option, path, text } from './options.js'

/** Options of every command; the user may write them anywhere on the command line. */
export const globalOptions = {
  json: flag({ help: 'Print the result, or the error, as one JSON document on stdout' }),
  quiet: flag({ short: 'q', help: 'Print only the result, without progress and notes' }),
  yes: flag({ short: 'y', help: 'Answer every question with yes' }),
  noColor: flag({ help: 'Print without colours; NO_COLOR and FORCE_COLOR work too' }),
  verbose: flag({ help: 'Show the stack and the causes of an error' }),
  cwd: path({ short: 'C', placeholder: 'folder', default: '.', help: 'Run as if started in this folder' }),
  network: text({ placeholder: 'name', default: localNetwork, env: 'OPENLEDGER_NETWORK', help: 'Network to use' }),
  account: text({
    placeholder: 'name',
    env: 'OPENLEDGER_ACCOUNT',
    help: 'Account that signs: a keystore, an address, or a devnet account',
  }),
} as const satisfies Readonly<Record<string, Option<unknown>>>

/** An option of the commands that can show what they would do. */
export const dryRun = flag({ help: 'Change nothing; show what would be done' })
