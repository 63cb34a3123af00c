import { listKeys } from '../../wallet/keystores.js'
import type { CommandContext } from '../shared/CommandContext.js'

/** `openledger wallet list`: the user's keystores, without opening one. */
export async function run({ output, config, shell }: CommandContext): Promise<void> {
  const listed = await listKeys(config.keystores)
  for (const each of listed) {
    if ('fault' in each) output.warn(`${each.fault.message}. ${each.fault.hint}`)
    else if (each.key.looseMode !== undefined)
      output.warn(`Others on this machine may read ${each.path} (mode ${each.key.looseMode}): run chmod 600 on it.`)
  }
  const keys = listed.map((each) => ({
    name: each.name,
    address: 'key' in each ? each.key.address : null,
    path: each.path,
    fault: 'fault' in each ? each.fault.message : null,
  }))
  output.result({ folder: config.keystores, keys }, (data, { table }) =>
    data.keys.length === 0
      ? `No keystore in ${data.folder}.\nNext: ${shell.line('wallet new ops')}`
      : table(
          [{ title: 'name' }, { title: 'address' }, { title: 'file', shrink: true }],
          data.keys.map(({ name, address, path }) => [name, address ?? 'cannot be used', path]),
        ),
  )
}
