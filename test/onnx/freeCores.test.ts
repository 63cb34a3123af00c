import { spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { freeCores } from '../../src/onnx/runtime/freeCores.js'

test('counts what other processes compute, and not what this one does', async () => {
  await sleep(150)
  freeCores()
  // Taken over the same span, so that whatever else the machine does is in both.
  const other = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
  await sleep(1000)
  const beside = freeCores()
  other.kill('SIGKILL')
  await new Promise((resolve) => other.on('close', resolve))
  freeCores()
  const until = performance.now() + 500
  while (performance.now() < until);
  const alone = freeCores()
  expect(beside).toBeLessThan(cpus().length - 0.2)
  expect(beside).toBeGreaterThanOrEqual(-0.2)
  expect(alone).toBeLessThanOrEqual(cpus().length)
  // Asked again at once, it has nothing new to say.
  expect(freeCores()).toBe(alone)
})
