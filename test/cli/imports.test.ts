import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { root } from './openledger.js'

/** File, its content, and why it is refused. */
const wrong = [
  ['lora/run/train.ts', "import { x } from '../../chain/x.js'", 'lora may not import chain'],
  ['attribution/deep/a.ts', "import type { X } from '../../chain/x.js'", 'attribution may not import chain'],
  ['chain/a.ts', "export { x } from '../lora/x.js'", 'chain may not import lora'],
  ['onnx/a1.ts', "const x = await import('../models/x.js')", 'onnx may not import models'],
  ['onnx/a2.ts', "import '../models/x.js'", 'onnx may not import models'],
  ['onnx/a3.ts', "import {\n  x,\n} from '../lora/x.js'", 'onnx may not import lora'],
  ['commands/a4.ts', "import { x } from '../cli/x.js'", 'commands may not import cli'],
  ['commands/a5.ts', "import { main } from '../cli.js'", 'commands may not import cli'],
  ['index.ts', "export { x } from './terminal/x.js'", 'index may not import terminal'],
  ['models/a.ts', "import { Tensor } from 'onnxruntime-node'", 'models may not import the package onnxruntime-node'],
  ['lora/a.ts', "import { x } from 'viem/utils'", 'lora may not import the package viem'],
  ['onnx/graph/a.ts', "import { x } from '../runtime/x.js'", 'onnx/graph may not import onnx/runtime'],
  ['chain/client/a.ts', "import type { X } from '../actions/models/x.js'", 'chain/client may not import chain/actions'],
  ['models/run/a.ts', "import { x } from '../cellar/x.js'", 'the sub-room cellar of models is not in the table'],
  ['kitchen/a.ts', "import { x } from 'node:fs'", 'the room kitchen is not in the table'],
] as const
const right = [
  ['rewards/a.ts', "import { x } from '../chain/x.js'"],
  ['onnx/graph/a6.ts', "import { y } from './ops/y.js'\nimport { z } from '../../errors/z.js'"],
  ['onnx/runtime/b.ts', "import { Tensor } from 'onnxruntime-node'\nimport { y } from '../graph/a.js'"],
  ['chain/actions/models/a.ts', "import { x } from '../../client/x.js'\nimport { y } from '../datanets/y.js'"],
  ['entries/devnet.ts', "import { x } from '../devnet/keeper/x.js'"],
  ['cli.ts', "import { x } from './cli/x.js'\nimport { y } from './commands/y.js'"],
  ['onnx/a7.ts', "/**\n * import { x } from '../chain/x.js'\n */"],
] as const

let source: string
beforeAll(async () => {
  source = await mkdtemp(join(tmpdir(), 'openledger-imports-'))
})
afterAll(() => rm(source, { recursive: true }))

/** Checks a source folder that holds these files. */
async function check(name: string, files: readonly (readonly [file: string, content: string, ...reason: string[]])[]) {
  for (const [file, content] of files) {
    await mkdir(join(source, name, dirname(file)), { recursive: true })
    await writeFile(join(source, name, file), content)
  }
  const script = join(root, 'scripts/imports.js')
  const { status, stderr } = spawnSync(process.execPath, [script, join(source, name)], { encoding: 'utf8' })
  return { status, stderr }
}

describe('imports that go against the table', () => {
  let refused: Awaited<ReturnType<typeof check>>
  beforeAll(async () => {
    refused = await check('wrong', wrong)
  })

  test.each(wrong)('%s: %s', (file, _, reason) => {
    expect(refused.stderr).toMatch(new RegExp(`^src/${file}:\\d+: .*${reason}`, 'm'))
  })

  test('fail the check, and none is reported twice', () => {
    expect(refused.status).toBe(1)
    expect(refused.stderr.trimEnd().split('\n')).toHaveLength(wrong.length)
  })
})

test('imports that follow it pass', async () => {
  expect(await check('right', right)).toEqual({ status: 0, stderr: '' })
})
