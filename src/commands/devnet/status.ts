import { devnetStatus } from '../../devnet/devnetStatus.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { CommandContext } from '../CommandContext.js'
import { describeDevnet, devnetData } from './describeDevnet.js'

/** `openledger devnet status`: exit code 5 unless it runs. */
export async function run({ output, config, cwd }: CommandContext): Promise<void> {
  const workspace = config.workspace?.root ?? cwd
  const found = await devnetStatus(workspace)
  if (found.status === 'running') {
    const { devnet } = found
    output.result({ status: found.status, ...devnetData(devnet) }, (_, style) => describeDevnet(devnet, style))
    return
  }
  const reason = found.status === 'stale' ? found.reason : 'it was not started'
  const failure =
    found.status === 'stale'
      ? new OpenLedgerError('OL1705', { workspace, reason })
      : new OpenLedgerError('OL1704', { workspace })
  output.result({ status: found.status, reason }, () => '', failure)
}
