import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../models/tinyModel.js'

const program = `
  const { Program } = await import('./src/onnx/runtime/Program.ts')
  const { neg } = await import('./src/onnx/graph/primitives/elementwise.ts')
  const { input } = await import('./src/onnx/graph/primitives/inputs.ts')
  const compiled = await Program.compile({ y: neg(input('x', 'float32', [1])) })
  console.log((await compiled.run({ x: Float32Array.of(2) })).y[0])`

const folder = temporaryFolder()

// Linux alone keeps its device id and its unsent reports where the environment says.
const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('nothing is reported to anybody', () => {
  const cache = folder
  // ONNX Runtime reports nothing where CI is set, so that must not be what keeps it silent.
  const { CI: _, ORT_DISABLE_TELEMETRY: __, ...environment } = process.env
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', './test/devnet/loadTypeScript.js', '--input-type=module', '-e', program],
    { env: { ...environment, XDG_CACHE_HOME: cache }, encoding: 'utf8' },
  )
  expect([stdout, stderr]).toEqual(['-2\n', ''])
  expect(readdirSync(cache)).not.toContain('Microsoft')
})
