import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from '@jest/globals'

/** The files that a Node process runs, other than Node's own: it lists them itself, ESM and CommonJS alike. */
export function filesRun(start: (folder: string) => { status: number | null; stderr: string }): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'startup-'))
  try {
    const { status, stderr } = start(folder)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return readdirSync(folder).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { result: { url: string }[] }
      return result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url))
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
