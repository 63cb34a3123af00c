import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { filesRun } from './filesRun.js'
import { build, openledger, root } from './openledger.js'

beforeAll(build)

const filesRead = (...words: string[]): string[] =>
  filesRun((NODE_V8_COVERAGE) => openledger(words, { environment: { NODE_V8_COVERAGE } }))

const kilobytes = (files: readonly string[]): number => files.reduce((sum, file) => sum + statSync(file).size, 0) / 1000

// How long it takes is measured by bench/startup.js; a machine's speed is no property of a commit.
test.each([[['--help']], [['train', '--help']], [['--version']]])('%j reads four files and no package', (words) => {
  const files = filesRead(...words)
  expect(files.map((file) => relative(root, file)).sort()).toEqual([
    'bin/openledger.js',
    'dist/cli.js',
    'dist/commandLine.js',
    'dist/ground.js',
  ])
  expect(kilobytes(files)).toBeLessThan(300)
})

test('a command reads its own file, and none of the training or the chain that it does not use', () => {
  const files = filesRead('help', 'exit-codes').map((file) => relative(root, file))
  expect(files).toContain('dist/cli/helpTopic.js')
  expect(files.filter((file) => /node_modules\/(zod|viem|onnxruntime)|dist\/(onnx|chain|lora)/.test(file))).toEqual([])
})

test('the library reads no command line', () => {
  const files = filesRun((NODE_V8_COVERAGE) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', "await import('openledger')"], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NODE_V8_COVERAGE },
    }),
  ).map((file) => relative(root, file))
  expect(files).toContain('dist/ground.js')
  expect(files).not.toContain('dist/commandLine.js')
})
