import { expect, test } from '@jest/globals'
import { workspacePaths } from '../../src/config/workspacePaths.js'

test('the layout of a workspace', () => {
  const { version, adapter, epoch, snapshot, ...paths } = workspacePaths('/bees')
  expect([version(1), adapter('seamanship'), epoch(3), snapshot('paid')]).toEqual([
    '/bees/datanet/versions/1',
    '/bees/adapters/seamanship',
    '/bees/epochs/3',
    '/bees/.openledger/snapshots/paid.saved',
  ])
  expect(paths).toEqual({
    root: '/bees',
    config: '/bees/openledger.config.json',
    datanet: '/bees/datanet',
    versions: '/bees/datanet/versions',
    heldOut: '/bees/datanet/held-out.jsonl',
    questions: '/bees/datanet/questions.jsonl',
    adapters: '/bees/adapters',
    attribution: '/bees/attribution',
    epochs: '/bees/epochs',
    state: '/bees/.openledger',
    devnet: '/bees/.openledger/devnet.json',
    chains: '/bees/.openledger/chains.saved',
    snapshots: '/bees/.openledger/snapshots',
    logs: '/bees/.openledger/logs',
    database: '/bees/.openledger/datanet.db',
  })
})
