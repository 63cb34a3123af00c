import { devAccountNames } from '../../devnet/state/devAccountNames.js'
import { requireFreeName, storeKey } from '../../wallet/keystores.js'
import { createPrivateKey } from '../../wallet/readPrivateKey.js'
import type { CommandContext } from '../shared/CommandContext.js'

interface Input {
  readonly name: string
}

/** `openledger wallet new`: a key from the system's random source, encrypted under a password. */
export async function run(context: CommandContext, { name }: Input): Promise<void> {
  const { output, config, shell } = context
  await requireFreeName(config.keystores, name, devAccountNames)
  const password = await context.password(`A password for ${name}`, { twice: true })
  const { address, path } = await output.step('Encrypt the key', () =>
    storeKey(config.keystores, name, createPrivateKey(), password),
  )
  output.result({ name, address, path }, () =>
    [
      `${name} is ${address}.`,
      `Its encrypted key is in ${path}. Keep a copy of the file, and the password: without either the key is lost.`,
      `Next: send OPEN to ${address}, then sign with it: ${shell.line(`doctor --network openledger --account ${name}`)}`,
    ].join('\n'),
  )
}
