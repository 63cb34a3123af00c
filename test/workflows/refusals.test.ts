import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { workspacePaths } from '../../src/config/workspacePaths.js'
import { openDatanet } from '../../src/datanet/store/openDatanet.js'
import { openVersion } from '../../src/workflows/datanets/openVersion.js'
import { publishDatanet } from '../../src/workflows/datanets/publishDatanet.js'
import { claimAll } from '../../src/workflows/epochs/claimAll.js'
import { verifyRewards } from '../../src/workflows/epochs/verifyRewards.js'
import type { Connection } from '../../src/workflows/network/openConnection.js'
import { secondsUntil } from '../../src/workflows/network/secondsUntil.js'
import { makeWorkspace } from './money.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-workflows-'))
const paths = workspacePaths(folder)
beforeAll(() => makeWorkspace(folder))
afterAll(() => rmSync(folder, { recursive: true }))

/** A public network, and no node of it: what is refused here is refused before anybody is asked. */
const away = { network: { name: 'sepolia', chain: { id: 11155111, name: 'Sepolia' } }, local: false } as Connection

test('records of a public test key are not published where anyone could take what they earn', async () => {
  const store = openDatanet(folder)
  try {
    await expect(publishDatanet(store, away)).rejects.toMatchObject({
      code: 'OL1634',
      details: { count: 1, network: 'Sepolia' },
    })
  } finally {
    store.close()
  }
})

test('a workspace without epochs has nothing to claim or to verify', async () => {
  const nothing = { code: 'OL1815', details: { path: paths.epochs } }
  await expect(claimAll(paths, away)).rejects.toMatchObject(nothing)
  await expect(verifyRewards(paths, away)).rejects.toMatchObject(nothing)
})

test('a workspace without versions has none to open', async () => {
  await expect(openVersion(paths)).rejects.toMatchObject({ code: 'OL1817', details: { path: paths.versions } })
})

test('only the clock of the devnet can be moved', async () => {
  await expect(secondsUntil(away, 0)).rejects.toMatchObject({ code: 'OL1684', details: { network: 'sepolia' } })
})
