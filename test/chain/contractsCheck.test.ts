import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { root } from '../cli/openledger.js'

const copy = realpathSync(mkdtempSync(join(tmpdir(), 'openledger-contracts-check-')))
afterAll(() => rmSync(copy, { recursive: true }))

const parts = ['package.json', 'scripts', 'contracts/foundry.toml', 'contracts/src', 'contracts/abi']
for (const part of [...parts, 'src/chain/contracts', 'src/devnet/optimism'])
  cpSync(join(root, part), join(copy, part), { recursive: true })
// forge reads nothing that lies outside its root, links included; programs may be anywhere.
const contracts = 'node_modules/@openzeppelin/contracts'
cpSync(join(root, contracts), join(copy, contracts), { recursive: true })
for (const name of ['@foundry-rs', 'solc'])
  symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name))

/** What `npm run contracts -- --check` says of the copy. */
const check = () =>
  spawnSync(process.execPath, ['scripts/generateContracts.js', '--check'], { cwd: copy, encoding: 'utf8' })

const edit = (path: string, change: (text: string) => string): void => {
  const before = readFileSync(join(copy, path), 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${path} has nothing to change`)
  writeFileSync(join(copy, path), after)
}

// That the check passes where nothing has changed is a step of CI: compiling the contracts takes too long to do it twice.
test('a change of a contract or of what was generated from it is found, and nothing else is named', () => {
  // A contract that no longer is what its artifact says.
  edit('contracts/src/WOPEN.sol', (text) => text.replace(/\}\s*$/, 'function added() external pure {}\n}\n'))
  // One byte of creation code, one word of an ABI, an artifact that is gone, one that has no contract.
  edit('src/chain/contracts/Open.bytecode.generated.ts', (text) => text.replace(/'0x6/, "'0x7"))
  edit('src/chain/contracts/ModelRegistry.abi.generated.ts', (text) => text.replace('"nonpayable"', '"payable"'))
  rmSync(join(copy, 'src/chain/contracts/RewardPool.abi.generated.ts'))
  writeFileSync(join(copy, 'src/chain/contracts/Ghost.abi.generated.ts'), '')
  const { status, stderr } = check()
  expect(status).toBe(1)
  const named = new Set([...stderr.matchAll(/(\w+\.\w+)\.generated\.ts/g)].map(([, name]) => name))
  expect([...named].sort()).toEqual([
    'Ghost.abi',
    'ModelRegistry.abi',
    'Open.bytecode',
    'RewardPool.abi',
    'WOPEN.abi',
    'WOPEN.bytecode',
  ])
})
