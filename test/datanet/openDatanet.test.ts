import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { encodeAbiParameters, keccak256 } from 'viem'
import { workspacePaths } from '../../src/config/workspacePaths.js'
import type { DatanetStore } from '../../src/datanet/store/DatanetStore.js'
import { createDatanet, openDatanet } from '../../src/datanet/store/openDatanet.js'
import { withDatanet, withDatanetIfAny } from '../../src/datanet/store/withDatanet.js'
import { datanetStatus } from '../../src/datanet/versions/datanetStatus.js'
import { accountOf, info, temporaryFolder } from './fixtures.js'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

describe('the store', () => {
  test('keeps the Datanet, its people and its publications', () => {
    const made = createDatanet(folder.path, info)
    made.introduce({ address: accountOf(4).address, name: 'mara', speciality: 'tides' })
    made.introduce({ address: accountOf(4).address, name: 'mara', speciality: 'buoys' })
    made.close()
    const store = openDatanet(folder.path)
    expect(store.info).toEqual(info)
    expect(store.contributors()).toEqual([{ address: accountOf(4).address, name: 'mara', speciality: 'buoys' }])
    expect(datanetStatus(store)).toMatchObject({ records: { pending: 0, approved: 0, rejected: 0 }, next: 'add' })
    const note = {
      version: 1,
      chainId: 901,
      registry: '0x1',
      datanetId: '0x2' as const,
      onChainVersion: 1,
      txHash: '0x3',
    }
    expect(() => store.notePublication(note)).toThrow(expect.objectContaining({ code: 'OL1141' }))
    store.close()
  })

  test('writes through to the disk before it says done', () => {
    const store = createDatanet(folder.path, info)
    expect(store.database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(store.database.pragma('synchronous', { simple: true })).toBe(2)
    store.close()
  })

  test('is made once, and must be there to be opened', () => {
    expect(() => openDatanet(folder.path)).toThrow(expect.objectContaining({ code: 'OL1120' }))
    createDatanet(folder.path, info).close()
    expect(() => createDatanet(folder.path, info)).toThrow(
      expect.objectContaining({ code: 'OL1121', details: expect.objectContaining({ name: 'harbour' }) }),
    )
  })

  test.each([
    [{ name: 'Two Words' }, 'name'],
    [{ name: '' }, 'name'],
    [{ licence: ' ' }, 'licence'],
  ])('refuses %j', (change, field) => {
    expect(() => createDatanet(folder.path, { ...info, ...change })).toThrow(
      expect.objectContaining({ code: 'OL1124', details: expect.objectContaining({ field }) }),
    )
  })

  test('has an identity that another of the same name does not have, and keeps it', () => {
    const { salt: _, identity: __, ...named } = info
    const identities = ['one', 'two'].map((name) => {
      const store = createDatanet(`${folder.path}/${name}`, named)
      const { identity, salt } = store.info
      store.close()
      const again = openDatanet(`${folder.path}/${name}`)
      expect(again.info).toEqual({ ...named, identity, salt })
      again.close()
      const encoded = encodeAbiParameters([{ type: 'string' }, { type: 'bytes32' }], ['harbour', salt])
      expect(identity).toBe(keccak256(encoded))
      return identity
    })
    expect(new Set(identities).size).toBe(2)
  })

  test('refuses a file of before the first release, and leaves it as it is', () => {
    const store = createDatanet(folder.path, info)
    store.database.pragma('user_version = 1')
    store.close()
    for (let i = 0; i < 2; i++)
      expect(() => openDatanet(folder.path)).toThrow(
        expect.objectContaining({ code: 'OL1125', details: expect.objectContaining({ found: 1, known: 2 }) }),
      )
  })

  test('refuses a file of a newer openledger and one that is no database', () => {
    const store = createDatanet(folder.path, info)
    store.database.pragma('user_version = 99')
    store.close()
    expect(() => openDatanet(folder.path)).toThrow(expect.objectContaining({ code: 'OL1122' }))
    const other = workspacePaths(`${folder.path}/other`)
    mkdirSync(dirname(other.database), { recursive: true })
    writeFileSync(
      other.database,
      'this is text, and long enough to be taken for a header of a database file\n'.repeat(9),
    )
    expect(() => openDatanet(other.root)).toThrow(expect.objectContaining({ code: 'OL1123' }))
  })
})

describe('withDatanet', () => {
  /** A store that is used after it was closed throws. */
  const isOpen = (store: DatanetStore): boolean => store.database.open

  test('closes the Datanet when the action has returned, thrown or settled', async () => {
    createDatanet(folder.path, info).close()
    const seen: DatanetStore[] = []
    const use = <Result>(result: (store: DatanetStore) => Result): Result =>
      withDatanet(folder.path, (store) => {
        seen.push(store)
        return result(store)
      })
    expect(use(isOpen)).toBe(true)
    expect(() =>
      use(() => {
        throw new Error('refused')
      }),
    ).toThrow('refused')
    const later = use(async (store) => {
      await Promise.resolve()
      return isOpen(store)
    })
    await expect(later).resolves.toBe(true)
    await expect(use(() => Promise.reject(new Error('later')))).rejects.toThrow('later')
    expect(seen.map(isOpen)).toEqual([false, false, false, false])
  })

  test('refuses a workspace without a Datanet, or passes it over', () => {
    expect(() => withDatanet(folder.path, isOpen)).toThrow(expect.objectContaining({ code: 'OL1120' }))
    expect(withDatanetIfAny(folder.path, isOpen)).toBeUndefined()
  })
})
