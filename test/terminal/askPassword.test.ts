import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { askPassword } from '../../src/terminal/askPassword.js'
import { fakeSurroundings } from './fakeSurroundings.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-password-'))
afterAll(() => rmSync(folder, { recursive: true }))

const fromFile = (content: string | Uint8Array) => {
  const file = join(folder, 'password')
  writeFileSync(file, content, { mode: 0o600 })
  const surroundings = fakeSurroundings({ environment: { OPENLEDGER_PASSWORD_FILE: file } })
  return askPassword('The password of ops', {
    surroundings,
    signal: new AbortController().signal,
    warn: () => undefined,
  })
}

test('the line break at the end of a password file is no part of the password', async () => {
  expect(await fromFile('sea\r\n')).toBe('sea')
})

test.each([
  ['is empty', '\n', 'it is empty'],
  ['is no text', Uint8Array.of(0xff, 0x41), 'is not UTF-8 text'],
])('a password file that %s is refused, and no byte of it is shown', async (_, content, reason) => {
  const error = await fromFile(content).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'OL1622', message: expect.stringContaining(reason) })
  expect(JSON.stringify(error)).not.toMatch(/0x41|0xff/)
})
