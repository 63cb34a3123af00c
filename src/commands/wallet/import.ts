import { text } from 'node:stream/consumers'
import { devAccountNames } from '../../devnet/state/devAccountNames.js'
import { decryptKey, readEncryptedKey } from '../../wallet/keystoreFile.js'
import { requireFreeName, type StoredKey, storeForeign, storeKey } from '../../wallet/keystores.js'
import { readPrivateKey } from '../../wallet/readPrivateKey.js'
import type { CommandContext } from '../shared/CommandContext.js'

interface Input {
  readonly name: string
  readonly keystore: string | undefined
}

/** `openledger wallet import`: a key from stdin, the keyboard, or another program's keystore. */
export async function run(context: CommandContext, { name, keystore }: Input): Promise<void> {
  const { output, config } = context
  await requireFreeName(config.keystores, name, devAccountNames)
  const { address, path } =
    keystore === undefined ? await importKey(context, name) : await importKeystore(context, name, keystore)
  output.result({ name, address, path }, () => `${name} is ${address}.\nIts encrypted key is in ${path}.`)
}

async function importKey(context: CommandContext, name: string): Promise<StoredKey> {
  const { stdin, output, config } = context
  const given =
    stdin.isTTY === true ? await context.secret('The private key', 'Pipe it into the command.') : await text(stdin)
  const privateKey = readPrivateKey(given)
  const password = await context.password(`A password for ${name}`, { twice: true })
  return output.step('Encrypt the key', () => storeKey(config.keystores, name, privateKey, password))
}

/** The file is kept under the password that it has: opened once, to know whose key it is. */
async function importKeystore(context: CommandContext, name: string, file: string): Promise<StoredKey> {
  const { output, config } = context
  const encrypted = await readEncryptedKey(file)
  const password = await context.password(`The password of ${file}`)
  const { address } = await output.step('Open the keystore', () => decryptKey(encrypted, password, file))
  return storeForeign(config.keystores, name, encrypted, address)
}
