import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { makeFolderAtomic, writeFolderAtomic } from '../../src/files/writeFolderAtomic.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folder-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const text = (path: string): string => readFileSync(join(folder, path), 'utf8')

describe('a folder that is written at once', () => {
  test('is there with all of its files, in place of the one before', async () => {
    await writeFolderAtomic(join(folder, 'a'), { one: '1', two: '2' })
    await writeFolderAtomic(join(folder, 'a'), { three: '3' })
    expect(readdirSync(folder)).toEqual(['a'])
    expect(readdirSync(join(folder, 'a'))).toEqual(['three'])
    expect(text('a/three')).toBe('3')
  })

  test('is not there until it is filled, nor when filling it fails', async () => {
    const filled = makeFolderAtomic(join(folder, 'a'), async (temporary) => {
      writeFileSync(join(temporary, 'one'), '1')
      expect(readdirSync(folder)).not.toContain('a')
      throw new RangeError('half way')
    })
    await expect(filled).rejects.toThrow(RangeError)
    expect(readdirSync(folder)).toEqual([])
  })

  test('leaves another one as it is that may not be replaced, and names the path that the caller gave', async () => {
    await writeFolderAtomic(join(folder, 'a'), { one: '1' })
    const path = join(folder, 'a')
    const refused = makeFolderAtomic(path, async (temporary) => writeFileSync(join(temporary, 'two'), '2'), rename)
    await expect(refused).rejects.toMatchObject({ code: 'OL1901', details: { path } })
    expect(readdirSync(folder)).toEqual(['a'])
    expect(text('a/one')).toBe('1')
  })

  test('takes along what a process that died left beside it, and nothing of one that lives', async () => {
    const { pid: dead } = spawnSync('true')
    for (const name of [`.a.${dead}.tmp`, `.a.${process.ppid}.tmp`, `.ab.${dead}.tmp`]) mkdirSync(join(folder, name))
    await writeFolderAtomic(join(folder, 'a'), { one: '1' })
    expect(readdirSync(folder).sort()).toEqual([`.a.${process.ppid}.tmp`, `.ab.${dead}.tmp`, 'a'].sort())
  })
})
