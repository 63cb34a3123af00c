import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { getAddress } from 'viem'
import { findWorkspace } from '../../src/config/findWorkspace.js'
import { loadConfig } from '../../src/config/loadConfig.js'

const local = { chainId: 901, rpcUrl: 'http://127.0.0.1:9545', addresses: { RewardPool: `0x${'ab'.repeat(20)}` } }
const project = { workspaceVersion: 1, name: 'bees' }
let home: string
let root: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'openledger-config-'))
  root = join(home, 'bees')
  await mkdir(join(root, 'datanet', 'versions'), { recursive: true })
})
afterEach(() => rm(home, { recursive: true }))

const write = async (name: string, content: unknown): Promise<void> => {
  await mkdir(dirname(join(home, name)), { recursive: true })
  await writeFile(join(home, name), typeof content === 'string' ? content : JSON.stringify(content))
}
const load = (environment = {}, network?: string, folder = root) =>
  loadConfig({ folder, environment: { XDG_CONFIG_HOME: join(home, 'xdg'), ...environment }, network })

describe('precedence', () => {
  const config = 'bees/openledger.config.json'
  const user = 'xdg/openledger/config.json'
  const networks = { user: local, project: local, environment: local, flag: local }

  test('nothing anywhere: the local network, the bundled base, no workspace', async () => {
    expect(await load()).toEqual({
      workspace: undefined,
      base: undefined,
      network: 'devnet',
      networks: { openledger: { chainId: 1612 }, 'openledger-testnet': { chainId: 161201 } },
      account: undefined,
      keystores: join(home, 'xdg/openledger/keystores'),
      licence: undefined,
    })
  })

  test('user, then project, then environment, then flag', async () => {
    await write(user, { network: 'user', networks, licence: 'MIT', base: 'model' })
    expect(await load()).toMatchObject({ network: 'user', licence: 'MIT', base: join(home, 'xdg/openledger/model') })
    await write(config, { ...project, network: 'project', licence: 'CC0-1.0', base: '../model' })
    expect(await load()).toMatchObject({ network: 'project', licence: 'CC0-1.0', base: join(home, 'model') })
    const variables = { OPENLEDGER_NETWORK: 'environment', OPENLEDGER_BASE: 'mine', OPENLEDGER_LICENCE: 'CC-BY-4.0' }
    expect(await load(variables)).toMatchObject({
      network: 'environment',
      licence: 'CC-BY-4.0',
      base: join(root, 'mine'),
    })
    expect((await load(variables, 'flag')).network).toBe('flag')
  })

  test('a project describes its networks over those of the user, one by one', async () => {
    await write(user, { networks: { one: local, two: local } })
    await write(config, { ...project, networks: { two: { ...local, chainId: 1612 } } })
    const { networks: merged } = await load()
    expect([merged['one']?.chainId, merged['two']?.chainId]).toEqual([901, 1612])
  })

  test('a network is put together from both files, field by field', async () => {
    const signer = { command: './sign', address: `0x${'cd'.repeat(20)}` as const }
    await write(user, { networks: { openledger: { account: 'mine' }, test: { chainId: 7, signer } } })
    const addresses = { RewardPool: local.addresses.RewardPool as `0x${string}` }
    await write(config, {
      ...project,
      networks: { openledger: { addresses }, test: { rpcUrl: 'http://host', addresses, deploymentBlock: 5 } },
    })
    const { networks: merged } = await load({}, 'openledger')
    const spelt = { RewardPool: getAddress(addresses.RewardPool) }
    expect(merged['openledger']).toEqual({ chainId: 1612, account: 'mine', addresses: spelt })
    expect(merged['test']).toEqual({
      chainId: 7,
      rpcUrl: 'http://host',
      addresses: spelt,
      deploymentBlock: 5,
      signer: { ...signer, address: getAddress(signer.address), folder: join(home, 'xdg/openledger') },
    })
    await write(config, { ...project, networks: { test: { account: 'ours' } } })
    expect((await load()).networks['test']).toEqual({ chainId: 7, account: 'ours', addresses: {} })
  })

  test('the account is named by the flag, or by the environment', async () => {
    expect(await load({ OPENLEDGER_ACCOUNT: 'variable' })).toMatchObject({ account: 'variable' })
    const options = { folder: root, environment: { OPENLEDGER_ACCOUNT: 'variable' }, account: 'flag' }
    expect(await loadConfig(options)).toMatchObject({ account: 'flag' })
  })

  test('an empty variable is none', async () => {
    expect((await load({ OPENLEDGER_NETWORK: '' })).network).toBe('devnet')
  })
})

describe('a workspace', () => {
  test('is found from any folder inside it', async () => {
    await write('bees/openledger.config.json', project)
    const workspace = await findWorkspace(join(root, 'datanet', 'versions'))
    expect(workspace).toMatchObject({ root, file: join(root, 'openledger.config.json'), config: project })
    expect(workspace.paths.version(2)).toBe(join(root, 'datanet', 'versions', '2'))
  })

  test.each([
    ['openledger.config.yaml', 'workspaceVersion: 1\nname: bees\n'],
    ['openledger.config.cjs', 'module.exports = { workspaceVersion: 1, name: "bees" }'],
    ['package.json', '{"name":"x","openledger":{"workspaceVersion":1,"name":"bees"}}'],
  ])('may be configured by %s', async (file, content) => {
    await write(`bees/${file}`, content)
    expect((await findWorkspace(root)).config).toEqual(project)
  })

  test('is not made by a package.json that says nothing of openledger', async () => {
    await write('bees/package.json', { name: 'x' })
    await expect(findWorkspace(root)).rejects.toMatchObject({ code: 'OL1020', exitCode: 2 })
  })

  test('that is missing is an error with the command that makes one', async () => {
    await expect(findWorkspace(root)).rejects.toMatchObject({
      code: 'OL1020',
      message: expect.stringContaining(root),
      hint: expect.stringContaining('openledger init'),
    })
  })
})

describe('a configuration that is wrong', () => {
  const address = { ...local, addresses: { RewardPool: '0x12' } }
  test.each<[string, object, string]>([
    ['an unknown field', { ...project, nmae: 'x' }, 'nmae'],
    ['no version', { name: 'bees' }, 'workspaceVersion'],
    ['a newer version', { ...project, workspaceVersion: 2 }, 'workspaceVersion'],
    ['a name with spaces', { ...project, name: 'My Bees' }, 'name: must be 1 to 63 lower-case letters'],
    ['a URL that is none', { ...project, networks: { x: { ...local, rpcUrl: 'localhost' } } }, 'networks.x.rpcUrl'],
    ['a file as URL', { ...project, networks: { x: { ...local, rpcUrl: 'file:///etc' } } }, 'networks.x.rpcUrl'],
    ['a chain id as text', { ...project, networks: { x: { ...local, chainId: '901' } } }, 'networks.x.chainId'],
    ['a short address', { ...project, networks: { x: address } }, 'networks.x.addresses.RewardPool: is not an address'],
    [
      'an address whose checksum is wrong',
      { ...project, networks: { x: { ...local, signer: { command: 'b', address: `0x${'aB'.repeat(20)}` } } } },
      'networks.x.signer.address: has a wrong EIP-55 checksum',
    ],
    [
      'another chain by a public name',
      { ...project, networks: { openledger: { chainId: 1 } } },
      'networks.openledger.chainId: must be 1612',
    ],
    ['a devnet of one’s own', { ...project, networks: { devnet: local } }, 'networks.devnet: is the name of the local'],
    [
      'two ways to sign',
      {
        ...project,
        networks: { x: { ...local, account: 'a', signer: { command: 'b', address: `0x${'ab'.repeat(20)}` } } },
      },
      'networks.x: must have an account or a signer',
    ],
    [
      'a key in place of a signer',
      { ...project, networks: { x: { ...local, privateKey: '0x1' } } },
      'networks.x: has "privateKey", which is not known',
    ],
  ])('%s: names the file and the field', async (_, content, expected) => {
    await write('bees/openledger.config.json', content)
    const file = join(root, 'openledger.config.json')
    await expect(load()).rejects.toMatchObject({ code: 'OL1022', exitCode: 2, message: expect.stringContaining(file) })
    await expect(load()).rejects.toThrow(expected)
  })

  test('every field that is wrong is named at once', async () => {
    await write('bees/openledger.config.json', { workspaceVersion: 1, name: '', licence: 7 })
    await expect(load()).rejects.toThrow(/name: .*; .*licence: |licence: .*; .*name: /)
  })

  test.each([
    ['json', '{"workspaceVersion": 1,'],
    ['yaml', 'name: [bees'],
    ['cjs', 'throw new Error("from the file")'],
  ])('%s that cannot be loaded: names the file', async (extension, content) => {
    await write(`bees/openledger.config.${extension}`, content)
    await expect(load()).rejects.toMatchObject({
      code: 'OL1021',
      message: expect.stringContaining(join(root, `openledger.config.${extension}`)),
    })
  })

  test('an empty file is not taken for a missing one', async () => {
    await write('bees/openledger.config.json', '')
    await expect(load()).rejects.toMatchObject({ code: 'OL1022' })
  })

  test('a network without a chain id: names the file', async () => {
    await write('bees/openledger.config.json', { ...project, networks: { x: { rpcUrl: 'http://host' } } })
    const file = join(root, 'openledger.config.json')
    await expect(load()).rejects.toMatchObject({ code: 'OL1025', exitCode: 2, message: expect.stringContaining(file) })
  })

  test('a network that nobody describes: lists those there are', async () => {
    await write('bees/openledger.config.json', { ...project, networks: { test: local } })
    await expect(load({}, 'tset')).rejects.toMatchObject({
      code: 'OL1023',
      hint: expect.stringContaining('devnet, openledger, openledger-testnet, test'),
    })
  })

  test('the user’s own file is checked too, and may not name a workspace', async () => {
    await write('xdg/openledger/config.json', project)
    await expect(load()).rejects.toThrow(/xdg.*config\.json is not valid/)
  })
})
