import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import * as viem from 'viem'
import * as viemAccounts from 'viem/accounts'
import { addContribution } from '../../src/datanet/intake/addContribution.js'
import { verifyRecordSignature } from '../../src/datanet/intake/recordSignature.js'
import { reviewRecords } from '../../src/datanet/review/reviewRecords.js'
import type { DatanetStore } from '../../src/datanet/store/DatanetStore.js'
import { describeDatanet } from '../../src/datanet/store/descriptor.js'
import { createVersion } from '../../src/datanet/versions/createVersion.js'
import { contributionOf, forEachDatanet, info } from './fixtures.js'

const page = readFileSync(fileURLToPath(new URL('../../docs/signatures.md', import.meta.url)), 'utf8')
const privateKey = `0x${'42'.repeat(32)}` as const
const account = viemAccounts.privateKeyToAccount(privateKey)
const modules: Readonly<Record<string, object>> = { viem, 'viem/accounts': viemAccounts, 'node:fs': { readFileSync } }

let store: DatanetStore
forEachDatanet((made) => {
  ;({ store } = made)
})

/** Runs a block of the page, its imports given to it, and returns what it calls `wanted`. */
async function runBlock(name: string, given: Readonly<Record<string, unknown>>, wanted?: string): Promise<unknown> {
  const block = new RegExp(`\`\`\`js ${name}\\n(.*?)\`\`\``, 's').exec(page)?.[1]
  if (block === undefined) throw new Error(`the page has no block ${name}`)
  const body = block.replaceAll(/^import (\{.*\}) from '(.*)'$/gm, (_, names, from) => {
    if (!(from in modules)) throw new Error(`the page imports ${from}`)
    return `const ${names} = modules['${from}']`
  })
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor
  const run = AsyncFunction('modules', ...Object.keys(given), `${body}\nreturn ${wanted}`)
  return run(modules, ...Object.values(given)) as Promise<unknown>
}

test('a line that the page signs with viem is added as it is, and verified as the page does it', async () => {
  const line = String(await runBlock('viem', { descriptor: describeDatanet(store.info), privateKey }, 'line'))
  const { added } = await addContribution(store, contributionOf([JSON.parse(line) as object]))
  expect(added).toHaveLength(1)
  expect(store.records()).toMatchObject([{ contributor: account.address, licence: 'CC0-1.0' }])

  reviewRecords(store, { decision: 'approve', records: 'all', reviewer: 'me' })
  const { directory } = createVersion(store)
  await runBlock('verify', { folder: directory })

  const path = `${directory}/records.jsonl`
  writeFileSync(path, readFileSync(path, 'utf8').replace('CC0-1.0', 'MIT'))
  await expect(runBlock('verify', { folder: directory })).rejects.toThrow(`was not signed by ${account.address}`)
})

test('the document of the page is the one that a wallet has to sign', async () => {
  const statement = { datanet: info.identity, recordId: viem.keccak256('0x01'), licence: 'MIT' }
  // What a wallet does with the request: it takes the document as it is written.
  const ethereum = {
    request: async ({ method, params }: { method: string; params: readonly [string, string] }) => {
      expect([method, params[0]]).toEqual(['eth_signTypedData_v4', account.address])
      return account.signTypedData(JSON.parse(params[1]))
    },
  }
  const signature = await runBlock('wallet', { ...statement, ethereum, address: account.address }, 'signature')
  const place = { file: '', line: 1 }
  expect(await verifyRecordSignature(statement, account.address, signature as `0x${string}`, place)).toBe(signature)
})
