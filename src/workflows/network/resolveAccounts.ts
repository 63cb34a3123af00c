import { resolveAccount } from './resolveAccount.js'

/**
 * The addresses that words with commas between them mean, each once.
 *
 * @throws OL1026 when the checksum of one is wrong, OL1816 when one is none
 */
export async function resolveAccounts(words: string, keystores: string): Promise<readonly `0x${string}`[]> {
  const names = words.split(',').map((word) => word.trim())
  const found = await Promise.all(names.map((name) => resolveAccount(name, keystores)))
  return [...new Set(found)]
}
