import { type Devnet, startDevnet } from '../../devnet/keeper/startDevnet.js'
import { devAccounts } from '../../devnet/state/accounts.js'
import { stayAlive } from '../../files/stayAlive.js'
import type { Style } from '../../terminal/Style.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeDevnet, devnetData, lines } from './describeDevnet.js'

interface Input {
  readonly detach: boolean
  readonly l1Port: number | undefined
  readonly l2Port: number | undefined
  readonly finalizationPeriod: number | undefined
}

/** `openledger devnet up`: in the foreground until Ctrl-C, or in the background with --detach. */
export async function run(
  context: CommandContext,
  { detach, l1Port, l2Port, finalizationPeriod }: Input,
): Promise<void> {
  const { output, signal, config, cwd } = context
  const workspace = config.workspace?.root ?? cwd
  const devnet = await output.step('Start the devnet', () =>
    startDevnet({ workspace, l1Port, l2Port, finalizationSeconds: finalizationPeriod, detached: detach }),
  )
  const foreground = !detach && devnet.started
  const keep = foreground ? context.onExit(() => devnet.stop()) : undefined
  output.result({ ...devnetData(devnet), started: devnet.started }, (_, style) => describe(devnet, style))
  if (!foreground) return
  output.note('The devnet ends with this command: press Ctrl-C.')
  const fault = await stayAlive(() => Promise.race([devnet.ended, untilAborted(signal)]))
  if (fault === undefined) return
  // It has ended; the record of why stays, for status, and for the next start to tell what was lost.
  keep?.()
  throw fault
}

const untilAborted = (signal: AbortSignal): Devnet['ended'] =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined))
  })

function describe(devnet: Devnet, style: Style): string {
  const accounts = Object.entries(devAccounts()).map(([name, { address }]) => [name, address])
  return [
    ...(devnet.started ? [] : ['It was running already.']),
    describeDevnet(devnet, style),
    '',
    style.table([{ title: 'account' }, { title: 'address', shrink: true }], accounts),
    ...lines('Anyone has the keys of these accounts. Never send real money to them.', style).map(style.paint.yellow),
  ].join('\n')
}
