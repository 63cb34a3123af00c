import { requireDevnet } from '../../devnet/keeper/devnetStatus.js'
import { fundEther, fundOpen } from '../../devnet/keeper/fundAccount.js'
import { formatCoins } from '../../terminal/formats.js'
import { resolveAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'

interface Input {
  readonly account: string
  readonly amount: bigint
  readonly layer: 'l1' | 'l2'
}

/** `openledger devnet fund`: OPEN on the L2, or ether on the L1. */
export async function run({ output, config, cwd }: CommandContext, { account, amount, layer }: Input): Promise<void> {
  const devnet = await requireDevnet(config.workspace?.root ?? cwd)
  const address = await resolveAccount(account, config.keystores)
  const fund = layer === 'l2' ? fundOpen : fundEther
  const balanceWei = await fund(devnet, address, amount)
  const unit = layer === 'l2' ? 'OPEN' : 'ETH'
  output.result(
    { account: address, layer, unit, amountWei: amount, balanceWei },
    () => `${account} has ${formatCoins(balanceWei, 6)} ${unit} on the ${layer.toUpperCase()}.`,
  )
}
