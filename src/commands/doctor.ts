import { loadConfig } from '../config/loadConfig.js'
import { localNetwork } from '../config/localNetwork.js'
import { checksOf } from '../doctor/checks.js'
import { type Examined, examine } from '../doctor/examine.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { formatOpen } from '../terminal/formats.js'
import type { Style } from '../terminal/Style.js'
import { textWidth, wrap } from '../terminal/textWidth.js'
import { examineNetwork, type NetworkFindings } from '../workflows/network/examineNetwork.js'
import type { CommandContext } from './shared/CommandContext.js'

/**
 * `openledger doctor`: whether this machine has what openledger needs, and how to fix what it lacks. With `--network` also
 * whether that network can be used.
 */
export async function run(context: CommandContext): Promise<void> {
  const { output, cwd, environment, config } = context
  const machine = await examine(checksOf({ folder: cwd, environment, columns: output.style.columns }))
  const checks = [...machine, ...(config.network === localNetwork ? [] : await examineChosenNetwork(context))]
  const failed = checks.filter(({ status }) => status === 'fail').map(({ name }) => name)
  const failure =
    failed.length === 0
      ? undefined
      : new OpenLedgerError('OL1030', { count: failed.length, total: checks.length, names: failed.join(', ') })
  output.result({ checks }, render, failure)
}

/** It runs although the configuration may be broken, and so reads it by itself. */
async function examineChosenNetwork({ cwd, environment, config }: CommandContext): Promise<Examined[]> {
  const { network, account, signing } = config
  try {
    const loaded = await loadConfig({ folder: cwd, environment, network, account })
    const found = await examineNetwork({ ...loaded, signing, workspace: loaded.workspace?.root ?? cwd })
    return describeNetwork(found)
  } catch (error) {
    if (!OpenLedgerError.is(error)) throw error
    return [{ name: 'Network', status: 'fail', found: error.message, remedy: error.hint }]
  }
}

function describeNetwork({ network, chainId, rpcUrl, missing, empty, contracts, ...who }: NetworkFindings): Examined[] {
  const found = `${network}, chain ${chainId}, at ${rpcUrl}`
  const lacking = [
    ...(missing.length === 0 ? [] : [`no address of ${missing.join(', ')}`]),
    ...(empty.length === 0 ? [] : [`no code where ${empty.join(', ')} should be`]),
  ]
  const { account, fault } = who
  return [
    { name: 'Network', status: 'ok', found },
    lacking.length === 0
      ? { name: 'Contracts', status: 'ok', found: `${contracts} with code` }
      : {
          name: 'Contracts',
          status: 'fail',
          found: lacking.join('; '),
          remedy: `Give the addresses in openledger.config.json, under networks.${network}.addresses.`,
        },
    fault !== null
      ? { name: 'Account', status: 'fail', found: fault.message, remedy: fault.hint }
      : account === null
        ? { name: 'Account', status: 'ok', found: 'one for each role' }
        : account.balanceWei > 0n
          ? { name: 'Account', status: 'ok', found: `${account.address}, ${formatOpen(account.balanceWei)}` }
          : {
              name: 'Account',
              status: 'warn',
              found: `${account.address}, which has no OPEN`,
              remedy: `Send OPEN to ${account.address}: it pays for gas.`,
            },
  ]
}

function render({ checks }: { readonly checks: readonly Examined[] }, { paint, columns }: Style): string {
  const signs = { ok: paint.green('✔'), warn: paint.yellow('!'), fail: paint.red('✖') }
  const width = Math.max(...checks.map(({ name }) => name.length))
  const left = width + 4
  const hanging = (text: string, first: string): string[] =>
    wrap(text, columns - left - 3).map((line, i) => (i === 0 ? first : ' '.repeat(textWidth(first))) + line)
  return checks
    .flatMap(({ name, status, found, remedy }) => [
      ...hanging(found, `${signs[status]} ${paint.bold(name.padEnd(width))}  `),
      ...(remedy === undefined ? [] : hanging(remedy, `${' '.repeat(left)}${paint.cyan('→')} `)),
    ])
    .join('\n')
}
