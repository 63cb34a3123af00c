import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { describeDatanet, readDescriptor } from '../../src/datanet/store/descriptor.js'
import { errorOf, info, temporaryFolder } from './fixtures.js'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const written = (value: unknown): string => {
  const path = join(folder.path, 'datanet.json')
  writeFileSync(path, JSON.stringify(value))
  return path
}

test('a descriptor says what contributors sign for', async () => {
  const { identity, salt, name, title, licence } = info
  expect(await readDescriptor(written(describeDatanet(info)))).toEqual({
    ...{ format: 1, identity, salt, name, title, licence },
  })
})

test.each([
  ['a name that is not the identity’s', { name: 'famous' }, 'its name and salt have the identity 0x'],
  ['another identity', { identity: `0x${'1'.repeat(64)}` }, 'its name and salt have the identity 0x'],
  ['another salt', { salt: `0x${'1'.repeat(64)}` }, 'its name and salt have the identity 0x'],
  ['no licence', { licence: undefined }, '`licence`'],
  ['another format', { format: 2 }, '`format` is not 1'],
  ['an identity in capitals', { identity: info.identity.toUpperCase() }, '`identity` must be 0x and 64'],
])('with %s it is refused', async (_, change, reason) => {
  const error = await errorOf(() => readDescriptor(written({ ...describeDatanet(info), ...change })))
  expect(error).toMatchObject({ code: 'OL1126', exitCode: 2, details: { reason: expect.stringContaining(reason) } })
})

test('a file of something else is refused', async () => {
  expect(await errorOf(() => readDescriptor(written([])))).toMatchObject({ code: 'OL1126' })
})
