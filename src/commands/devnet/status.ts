import { devnetStatus } from '../../devnet/keeper/devnetStatus.js'
import { readSaving, type Saving } from '../../devnet/keeper/readSaving.js'
import { layerHeads } from '../../devnet/state/layerHeads.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Style } from '../../terminal/Style.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeDevnet, devnetData, lines } from './describeDevnet.js'

/** `openledger devnet status`: exit code 5 unless it runs. */
export async function run({ output, config, cwd }: CommandContext): Promise<void> {
  const workspace = config.workspace?.root ?? cwd
  const found = await devnetStatus(workspace)
  if (found.status === 'running') {
    const { devnet } = found
    const [heads, saving] = await Promise.all([layerHeads(devnet), readSaving(devnet)])
    output.result({ status: found.status, ...devnetData(devnet), heads, ...saving }, (_, style) =>
      [
        describeDevnet(devnet, style),
        '',
        `at block ${heads.l1.blockNumber} of the L1 and ${heads.l2.blockNumber} of the L2`,
        ...describeSaving(saving, style),
      ].join('\n'),
    )
    return
  }
  const reason = found.status === 'stale' ? found.reason : 'it was not started'
  const failure =
    found.status === 'stale'
      ? new OpenLedgerError('OL1705', { workspace, reason })
      : new OpenLedgerError('OL1704', { workspace })
  output.result({ status: found.status, reason }, () => '', failure)
}

function describeSaving({ saveMilliseconds, saveFailure }: Saving, style: Style): string[] {
  if (saveFailure !== null) {
    return lines(`not being saved, a crash costs all since then: ${saveFailure}`, style).map(style.paint.yellow)
  }
  if (saveMilliseconds === null) return []
  const seconds = (saveMilliseconds / 1_000).toFixed(1)
  return lines(`saved whenever they move: a crash costs ${seconds} s of blocks at most`, style)
}
