import { signerAddress } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'

interface Input {
  readonly name: string | undefined
}

/** `openledger wallet address`: the address of a keystore, or of the account that signs on the network. Opens no key. */
export async function run({ output, config }: CommandContext, { name }: Input): Promise<void> {
  const address = await signerAddress({ ...config, account: name ?? config.account })
  output.result({ name: name ?? config.account ?? null, network: config.network, address }, (data) => data.address)
}
