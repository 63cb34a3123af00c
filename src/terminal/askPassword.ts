import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { decodeUtf8 } from '../files/decodeUtf8.js'
import { readWhole } from '../files/readWhole.js'
import { reasonOf } from '../files/reasonOf.js'
import { type AskSecretOptions, askSecret } from './askSecret.js'

/** A password is never a flag or a variable, because other processes could read it. */
const variable = 'OPENLEDGER_PASSWORD_FILE'
const remedy = `Name a file that contains it in ${variable}, or a descriptor such as /dev/fd/3, or run the command in a terminal.`

export interface AskPasswordOptions extends Omit<AskSecretOptions, 'remedy'> {
  /** Ask for the password twice, because it is new. */
  readonly twice?: boolean
  readonly warn: (text: string) => void
}

/**
 * Reads a password from the file that `OPENLEDGER_PASSWORD_FILE` names, without the line break at its end, or else from the
 * keyboard.
 *
 * @param what a description such as `The password of ops`
 * @throws OL1621 when there is neither file nor terminal, OL1622 when the password is empty or the two inputs differ, OL1900
 * when the file cannot be read
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
    throw new OpenLedgerError('OL1622', { reason: 'the two inputs differ' })
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
      warn(`Other users of this machine may read the password file ${path}: run chmod 600 on it.`)
  } catch (cause) {
    throw new OpenLedgerError('OL1900', { path, reason: reasonOf(cause) }, { cause })
  }
  const bytes = await readWhole(path)
  try {
    return decodeUtf8(path, bytes).replace(/\r?\n$/, '')
  } catch {
    // The error is not kept as a cause, because it would show a byte of the password.
    throw new OpenLedgerError('OL1622', { reason: `${path} is not UTF-8 text` })
  }
}
