import { accountBalances } from '../../devnet/keeper/accountBalances.js'
import { requireDevnet } from '../../devnet/keeper/devnetStatus.js'
import { formatCoins } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'

/** `openledger devnet accounts`: who there is, with balances and keys. */
export async function run({ output, config, cwd }: CommandContext): Promise<void> {
  const accounts = await accountBalances(await requireDevnet(config.workspace?.root ?? cwd))
  output.result({ accounts }, (_, { table, paint }) => {
    const right = (title: string) => ({ title, align: 'right' as const })
    const balances = accounts.map(({ name, address, l1EtherWei, l1OpenWei, l2OpenWei }) => [
      name,
      address,
      ...[l1EtherWei, l1OpenWei, l2OpenWei].map((wei) => formatCoins(wei)),
    ])
    return [
      table(
        [{ title: 'account' }, { title: 'address', shrink: true }, right('L1 ETH'), right('L1 OPEN'), right('L2 OPEN')],
        balances,
      ),
      '',
      table(
        [{ title: 'account' }, { title: 'private key' }],
        accounts.map(({ name, privateKey }) => [name, privateKey]),
      ),
      paint.yellow('These keys come from the public test phrase: whatever they are sent on a real chain is stolen.'),
    ].join('\n')
  })
}
