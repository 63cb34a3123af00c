import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformFile } from '@swc/core'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const rooms = ['errors', 'files', 'records', 'text', 'merkle', 'config', 'datanet']

/**
 * Compiles the rooms that a Datanet needs into a folder, for child processes: those that a test kills must run under plain
 * Node, without jest.
 */
export async function compileRooms(target: string): Promise<void> {
  mkdirSync(target, { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(target, 'node_modules'))
  writeFileSync(join(target, 'package.json'), '{"type":"module"}')
  for (const room of rooms) {
    const files = readdirSync(join(repository, 'src', room), { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const { code } = await transformFile(join(repository, 'src', room, file), {
        configFile: false,
        swcrc: false,
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
      })
      const output = join(target, 'src', room, file.replace(/\.ts$/, '.js'))
      mkdirSync(dirname(output), { recursive: true })
      writeFileSync(output, code)
    }
  }
}
