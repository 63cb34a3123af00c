import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { root } from '../cli/openledger.js'

const declarations = {
  'options.d.ts':
    'export interface Options { readonly depth: Depth }\nexport type Depth = number\ninterface Hidden {}\n',
  'train.d.ts':
    "import type { Options } from './options.js'\nexport declare function train(options: Options): Promise<Result>\ninterface Result { readonly loss: number }\nexport {}\n",
}

/** What scripts/publicTypes.js says of a package with this entry. */
async function check(entry: string): Promise<{ status: number | null; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'openledger-types-'))
  try {
    const exports = { '.': { types: './index.d.ts', default: './index.js' } }
    await writeFile(join(folder, 'package.json'), JSON.stringify({ exports }))
    for (const [name, text] of Object.entries({ ...declarations, 'index.d.ts': entry }))
      await writeFile(join(folder, name), text)
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/publicTypes.js'), folder], {
      encoding: 'utf8',
    })
    return { status, stderr }
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('types that an exported name mentions, directly or through another one, are reported', async () => {
  const { status, stderr } = await check("export { train } from './train.js'\n")
  expect(status).toBe(1)
  expect(stderr.match(/the type \w+/g)).toEqual(['the type Options', 'the type Result', 'the type Depth'])
})

test('types that the entry exports, under any name, are not', async () => {
  const entry =
    "export { train } from './train.js'\nexport type { Options as TrainOptions, Depth } from './options.js'\n"
  const { stderr } = await check(entry)
  expect(stderr.match(/the type \w+/g)).toEqual(['the type Result'])
})
