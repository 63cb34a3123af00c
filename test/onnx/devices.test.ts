import { spawnSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { swiftShader } from './swiftShader.js'

test('a device that runs tells its speed, one that does not the reason; auto takes the fastest; nothing is printed', () => {
  const loader = ['--import', './test/devnet/loadTypeScript.js']
  const { stdout, stderr } = spawnSync(process.execPath, [...loader, 'test/onnx/devicesProcess.ts'], {
    encoding: 'utf8',
    env: swiftShader ?? process.env,
  })
  expect(stderr).toBe('')
  const found = JSON.parse(stdout)
  expect(found.cpu).toMatchObject({ runs: true, gigaflops: expect.any(Number) })
  expect(found.missing).toMatchObject({ runs: false, reason: 'this platform has no such provider' })
  // Computing on the CPU, it is hundreds of times slower; elsewhere there may be a real GPU.
  if (swiftShader) expect(found.auto).toBe('cpu')
})
