import { devnetStatus } from '../../devnet/devnetStatus.js'
import { layerHeads } from '../../devnet/layerHeads.js'
import { savePace } from '../../devnet/savePace.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { CommandContext } from '../CommandContext.js'
import { describeDevnet, devnetData } from './describeDevnet.js'

/** `openledger devnet status`: exit code 5 unless it runs. */
export async function run({ output, config, cwd }: CommandContext): Promise<void> {
  const workspace = config.workspace?.root ?? cwd
  const found = await devnetStatus(workspace)
  if (found.status === 'running') {
    const { devnet } = found
    const [heads, saveMilliseconds] = await Promise.all([layerHeads(devnet), savePace(devnet)])
    output.result({ status: found.status, ...devnetData(devnet), heads, saveMilliseconds }, (_, style) =>
      [
        describeDevnet(devnet, style),
        '',
        `at block ${heads.l1.blockNumber} of the L1 and ${heads.l2.blockNumber} of the L2`,
        ...(saveMilliseconds === null
          ? []
          : [`saved whenever they move: a crash costs ${(saveMilliseconds / 1_000).toFixed(1)} s of blocks at most`]),
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
