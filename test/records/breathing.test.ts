import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readRows } from '../../src/records/readRows.js'
import { temporaryFolder } from '../models/tinyModel.js'

const path = join(temporaryFolder(), 'long.jsonl')

test('reading a long file lets timers through, and stops when it is told to', async () => {
  writeFileSync(path, `${JSON.stringify({ text: 'water '.repeat(50) })}\n`.repeat(60_000))
  const abort = new AbortController()
  const stop = new Error('enough')
  // Set once the file is read, long before its rows are: a loop without a pause would never let it run.
  const timer = setInterval(() => abort.abort(stop), 1)
  await expect(readRows(path, () => false, { signal: abort.signal })).rejects.toBe(stop)
  clearInterval(timer)
})
