import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import { filesRun } from '../cli/filesRun.js'
import { build, root } from '../cli/openledger.js'

beforeAll(build)

/** Packages that are slow to load, or native: an entry that does not need one must not load it. */
const heavy = [
  'better-sqlite3',
  'onnxruntime-node',
  'viem',
  '@huggingface/tokenizers',
  '@huggingface/hub',
  'ws',
  'yaml',
]

/** Every entry with the heavy packages that its import loads. */
const expected: Readonly<Record<string, readonly string[]>> = {
  '.': ['@huggingface/tokenizers', 'better-sqlite3', 'onnxruntime-node', 'viem', 'ws', 'yaml'],
  './train': ['@huggingface/tokenizers', 'onnxruntime-node'],
  './attribution': ['@huggingface/tokenizers', 'onnxruntime-node'],
  './onnx': ['onnxruntime-node'],
  './models': ['@huggingface/tokenizers', 'onnxruntime-node'],
  './contracts': ['viem'],
  './datanet': ['better-sqlite3', 'viem'],
  './rewards': ['viem'],
  './devnet': ['viem', 'ws'],
}

const packageOf = (file: string): string | undefined => file.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]

test.each(Object.entries(expected))(
  'the import of %s loads no heavy package that it does not use',
  (path, packages) => {
    const script = `await import('openledger${path.slice(1)}')`
    const loaded = new Set(
      filesRun((NODE_V8_COVERAGE) =>
        spawnSync(process.execPath, ['--input-type=module', '-e', script], {
          cwd: root,
          encoding: 'utf8',
          env: { ...process.env, NODE_V8_COVERAGE },
        }),
      ).map(packageOf),
    )
    expect(heavy.filter((name) => loaded.has(name)).sort()).toEqual(packages)
    expect(loaded).not.toContain('react')
    expect(loaded).not.toContain('@foundry-rs/anvil')
  },
)

test('every entry of package.json is in the table', () => {
  const { exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { exports: Record<string, unknown> }
  const entries = Object.entries(exports).filter(([, target]) => typeof target === 'object')
  expect(entries.map(([path]) => path)).toEqual(Object.keys(expected))
})
