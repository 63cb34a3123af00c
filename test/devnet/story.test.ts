import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { startDevnet } from '../../src/devnet/keeper/startDevnet.js'

const script = join('docs', 'examples', 'bridge-story.mjs')

test('viem alone brings OPEN in, pays for an answer, claims, and takes it out', async () => {
  const workspace = await mkdtemp(join(tmpdir(), 'openledger-story-'))
  const devnet = await startDevnet({ workspace })
  try {
    // Not by the synchronous call: the L2's public RPC is served by this process.
    const run = promisify(execFile)(process.execPath, [script, join(workspace, '.openledger', 'devnet.json')])
    const lines = (await run).stdout.trim().split('\n')
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'deposited',
      'paid',
      'claimed',
      'claimed',
      'proven',
      'withdrawn',
    ])
    expect(lines[4]).toMatch(/waiting-to-finalize$/)
  } finally {
    await devnet.stop()
    await rm(workspace, { recursive: true, force: true })
  }
})

test('it imports nothing but Node and viem', async () => {
  const imported = [...(await readFile(script, 'utf8')).matchAll(/from '([^']+)'/g)].map(([, name]) => name)
  expect([...new Set(imported)].sort()).toEqual(['node:fs', 'viem', 'viem/accounts', 'viem/op-stack'])
})
