import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { decodeUtf8 } from '../files/decodeUtf8.js'
import { readWhole } from '../files/readWhole.js'
import { reasonOf } from '../files/reasonOf.js'
import { type AskSecretOptions, askSecret } from './askSecret.js'

/** A password is never a flag or a variable: other processes could read those. */
const variable = 'OPENLEDGER_PASSWORD_FILE'
const remedy = `Name a file with it in ${variable}, or a descriptor such as /dev/fd/3, or run the command in a terminal.`

export interface AskPasswordOptions extends Omit<AskSecretOptions, 'remedy'> {
  /** A password that is about to be set is asked for twice. */
  readonly twice?: boolean
  readonly warn: (text: string) => void
}

/**
 * The password from the file that `OPENLEDGER_PASSWORD_FILE` names, without the line break at its end, else from the
 * keyboard.
 *
 * @param what for example `The password of ops`
 * @throws OL1621 when there is neither, OL1622 when it is empty or not twice the same, OL1900 when the file cannot be read
 */
export async function askPassword(
  what: string,
  { twice = false, warn, surroundings, signal }: AskPasswordOptions,
): Promise<string> {
  const file = surroundings.environment[variable]
  if (file !== undefined && file !== '') return usable(await readPassword(resolve(surroundings.cwd, file), warn))
  const options = { surroundings, signal, remedy }
  const given = usable(await askSecret(what, options))
  if (twice && (await askSecret(`${what}, once more`, options)) !== given)
    throw new OpenLedgerError('OL1622', { reason: 'the two are not the same' })
  return given
}

function usable(password: string): string {
  if (password === '') throw new OpenLedgerError('OL1622', { reason: 'it is empty' })
  return password
}

async function readPassword(path: string, warn: (text: string) => void): Promise<string> {
  try {
    const found = await stat(path)
    if (found.isFile() && (found.mode & 0o077) !== 0)
      warn(`Others on this machine may read the password file ${path}: run chmod 600 on it.`)
  } catch (cause) {
    throw new OpenLedgerError('OL1900', { path, reason: reasonOf(cause) }, { cause })
  }
  const bytes = await readWhole(path)
  try {
    return decodeUtf8(path, bytes).replace(/\r?\n$/, '')
  } catch {
    // The error of the file, which is left out here, would show a byte of the password.
    throw new OpenLedgerError('OL1622', { reason: `${path} is not UTF-8 text` })
  }
}
