import { expect, test } from '@jest/globals'
import { nearestName } from '../../src/text/nearestName.js'

test.each([
  ['trian', ['train', 'try'], 'train'],
  ['ad', ['access', 'add'], 'add'],
  ['learning_rte', ['learning_rate', 'learning_rank'], 'learning_rate'],
  ['data', ['datanet', 'devnet'], 'datanet'],
  ['batch_size', ['eval_batch_size', 'size'], 'eval_batch_size'],
  ['x', ['r', 'xs'], undefined],
  ['frobnicate', ['train', 'attribute'], undefined],
  ['gto', ['gov', 'r'], undefined],
])('%s among %j is meant to be %s', (name, known, meant) => {
  expect(nearestName(name, known)).toBe(meant)
})
