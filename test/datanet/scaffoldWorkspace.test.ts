import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { configSchema } from '../../src/config/schema.js'
import { openDatanet } from '../../src/datanet/store/openDatanet.js'
import { listTemplates } from '../../src/datanet/workspace/loadTemplate.js'
import { scaffoldWorkspace } from '../../src/datanet/workspace/scaffoldWorkspace.js'
import { accountOf, errorOf, temporaryFolder } from './fixtures.js'

const templates = fileURLToPath(new URL('../fixtures/templates', import.meta.url))

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const scaffold = (directory: string, more: object = {}) =>
  scaffoldWorkspace({ template: 'harbour', directory, accountOf, templates, ...more })

describe('scaffoldWorkspace', () => {
  test('makes a workspace with signed records; the copy is rejected, the near-copy waits', async () => {
    const directory = join(folder.path, 'deep', 'harbour')
    const made = await scaffold(directory)
    expect(made.status).toMatchObject({
      records: { approved: 5, pending: 1, rejected: 1, nearDuplicates: 1 },
      next: 'review',
    })
    expect(made.contributors.map(({ name, address }) => [name, address])).toEqual([
      ['mara', accountOf(4).address],
      ['tobias', accountOf(5).address],
    ])
    const store = openDatanet(directory)
    expect(
      store
        .contributors()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['mara', 'tobias'])
    expect(store.records()).toHaveLength(7)
    store.close()
    const config = configSchema.parse(JSON.parse(readFileSync(join(directory, 'openledger.config.json'), 'utf8')))
    expect(config).toEqual({ workspaceVersion: 1, name: 'harbour', template: 'harbour', licence: 'CC0-1.0' })
    expect(readFileSync(join(directory, 'datanet', 'questions.jsonl'), 'utf8')).toContain('"expects": "tobias"')
    expect(readdirSync(join(folder.path, 'deep'))).toEqual(['harbour'])
  })

  test('fills an empty folder without replacing it, and takes another name', async () => {
    const directory = join(folder.path, 'here')
    mkdirSync(directory)
    const { ino } = statSync(directory)
    expect((await scaffold(directory, { name: 'my-harbour' })).datanet.name).toBe('my-harbour')
    expect(statSync(directory).ino).toBe(ino)
    expect(readdirSync(folder.path)).toEqual(['here'])
    expect(openDatanet(directory).info.name).toBe('my-harbour')
  })

  test('refuses a folder that is not empty', async () => {
    writeFileSync(join(folder.path, 'mine.txt'), 'mine')
    expect(await errorOf(() => scaffold(folder.path))).toMatchObject({ code: 'OL1902' })
    expect(readdirSync(folder.path)).toEqual(['mine.txt'])
  })

  test('names the file and the field of a template that is wrong', async () => {
    const broken = join(folder.path, 'templates')
    cpSync(templates, broken, { recursive: true })
    const questions = join(broken, 'harbour', 'questions.jsonl')
    writeFileSync(questions, readFileSync(questions, 'utf8').replace('"tobias"', '"nobody"'))
    const directory = join(folder.path, 'new')
    const error = await errorOf(() => scaffold(directory, { templates: broken }))
    expect(error).toMatchObject({ code: 'OL1151', details: { field: 'expects' } })
    expect((error as Error).message).toMatch(/questions\.jsonl, line \d+/)
    writeFileSync(join(broken, 'harbour', 'template.json'), '{}')
    expect(await errorOf(() => listTemplates(broken))).toMatchObject({ code: 'OL1151', details: { field: 'name' } })
  })

  test('leaves nothing behind when it fails', async () => {
    const directory = join(folder.path, 'new')
    expect(await errorOf(() => scaffold(directory, { template: 'none' }))).toMatchObject({
      code: 'OL1150',
      details: { known: 'harbour' },
    })
    expect(await errorOf(() => scaffold(directory, { name: 'Not A Name' }))).toMatchObject({ code: 'OL1124' })
    const failing = (index: number) => {
      if (index === 5) throw new RangeError('no such account')
      return accountOf(index)
    }
    expect(await errorOf(() => scaffold(directory, { accountOf: failing }))).toBeInstanceOf(RangeError)
    writeFileSync(join(folder.path, 'file'), '')
    const inFile = join(folder.path, 'file', 'new')
    expect(await errorOf(() => scaffold(inFile))).toMatchObject({ code: 'OL1901', details: { path: inFile } })
    expect(existsSync(directory)).toBe(false)
    expect(readdirSync(folder.path)).toEqual(['file'])
  })

  test("finds the package's own templates, and all their records are good", async () => {
    expect((await listTemplates()).map(({ name }) => name)).toContain('seamanship')
    const directory = join(folder.path, 'seamanship')
    const { status } = await scaffoldWorkspace({ template: 'seamanship', directory, accountOf })
    expect(status.records.approved).toBeGreaterThanOrEqual(120)
    expect(status).toMatchObject({ records: { pending: 0, rejected: 0 }, next: 'version' })
    expect(status.contributors).toHaveLength(5)
  })
})
