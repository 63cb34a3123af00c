import { checksOf } from '../doctor/checks.js'
import { type Examined, examine } from '../doctor/examine.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { Style } from '../terminal/Style.js'
import { wrap } from '../terminal/textWidth.js'
import type { CommandContext } from './CommandContext.js'

/** `openledger doctor`: whether this machine has what openledger needs, and how to mend what it lacks. */
export async function run({ output, cwd, environment }: CommandContext): Promise<void> {
  const checks = await examine(checksOf({ folder: cwd, environment, columns: output.style.columns }))
  const failed = checks.filter(({ status }) => status === 'fail').map(({ name }) => name)
  const failure =
    failed.length === 0
      ? undefined
      : new OpenLedgerError('OL1030', { count: failed.length, total: checks.length, names: failed.join(', ') })
  output.result({ checks }, render, failure)
}

function render({ checks }: { readonly checks: readonly Examined[] }, { paint, columns }: Style): string {
  const signs = { ok: paint.green('✔'), warn: paint.yellow('!'), fail: paint.red('✖') }
  const width = Math.max(...checks.map(({ name }) => name.length))
  return checks
    .flatMap(({ name, status, found, remedy }) => [
      `${signs[status]} ${paint.bold(name.padEnd(width))}  ${found}`,
      ...wrap(remedy ?? '', columns - width - 7)
        .filter((line) => line !== '')
        .map((line, i) => `  ${' '.repeat(width)}  ${i === 0 ? paint.cyan('→') : ' '} ${line}`),
    ])
    .join('\n')
}
