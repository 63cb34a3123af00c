import { expect, test } from '@jest/globals'
import { requireDue } from '../../src/commands/gov/requireDue.js'

test('what has been done to a proposal is not done again', async () => {
  const due = { proposal: '7', done: 'executed', after: ['executed'], before: ['queued'], from: 0 } as const
  const [connection, proposal] = [{}, { state: 'executed' }] as unknown as Parameters<typeof requireDue>
  await expect(requireDue(connection, proposal, due)).rejects.toMatchObject({
    code: 'OL1685',
    details: { proposal: '7', state: 'executed', done: 'executed' },
  })
})
