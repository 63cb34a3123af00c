import { localNetwork } from '../config/localNetwork.js'
import { flag, type Option, path, text } from './options.js'

/** Options of every command; they may stand anywhere on the command line. */
export const globalOptions = {
  json: flag({ help: 'Print the result, or the error, as one JSON document on stdout' }),
  quiet: flag({ short: 'q', help: 'No progress and no notes, only the result' }),
  yes: flag({ short: 'y', help: 'Agree to what would be asked' }),
  noColor: flag({ help: 'No colours; NO_COLOR and FORCE_COLOR are honoured too' }),
  verbose: flag({ help: 'Show stacks and causes with errors' }),
  cwd: path({ short: 'C', placeholder: 'folder', default: '.', help: 'Run as if started in this folder' }),
  network: text({ placeholder: 'name', default: localNetwork, env: 'OPENLEDGER_NETWORK', help: 'Network to talk to' }),
  account: text({
    placeholder: 'name',
    env: 'OPENLEDGER_ACCOUNT',
    help: 'Who signs: a keystore, an address, or an account of the devnet',
  }),
} as const satisfies Readonly<Record<string, Option<unknown>>>

/** Added to the commands that can tell what they would do. */
export const dryRun = flag({ help: 'Change nothing, tell what would be done' })
