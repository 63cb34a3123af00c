import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from '@jest/globals'
import { mnemonicToAccount } from 'viem/accounts'
import type { Contribution } from '../../src/datanet/intake/Contribution.js'
import type { DatanetInfo, DatanetStore } from '../../src/datanet/store/DatanetStore.js'
import { datanetIdentity } from '../../src/datanet/store/datanetIdentity.js'
import { createDatanet } from '../../src/datanet/store/openDatanet.js'

const accounts = new Map<number, ReturnType<typeof mnemonicToAccount>>()

/** Account of the public test phrase: 4 is mara, 5 is tobias. */
export function accountOf(index: number) {
  const account =
    accounts.get(index) ??
    mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: index })
  accounts.set(index, account)
  return account
}

const salt: `0x${string}` = `0x${'5a'.repeat(32)}`

export const info: DatanetInfo = {
  identity: datanetIdentity('harbour', salt),
  salt,
  name: 'harbour',
  title: 'Harbour notes',
  description: '',
  licence: 'CC0-1.0',
  domain: 'harbours',
}

/** A contribution of these values, as lines 1, 2, … of a file of that name. */
export const contributionOf = (values: readonly object[], file = 'notes.jsonl'): Contribution => ({
  file,
  lines: values.map((value, index) => ({ line: index + 1, value: value as Record<string, unknown> })),
})

/** An empty folder, and how to remove it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'openledger-datanet-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Gives each test of a file an empty Datanet in a folder of its own. */
export function forEachDatanet(
  give: (made: { folder: ReturnType<typeof temporaryFolder>; store: DatanetStore }) => void,
) {
  let made: Parameters<typeof give>[0]
  beforeEach(() => {
    const folder = temporaryFolder()
    made = { folder, store: createDatanet(folder.path, info) }
    give(made)
  })
  afterEach(() => {
    made.store.close()
    made.folder.remove()
  })
}

/** Runs `work` and gives the error it throws; fails when it throws none. */
export async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('no error was thrown')
}
