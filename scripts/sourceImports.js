import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const imported = /(?:\bfrom|\bimport)\s*\(?\s*(['"])([^'"]+)\1/g

/** With slashes on every system. */
const slashes = (path) => path.split(sep).join('/')

/** Paths of the TypeScript files below a folder, seen from it. */
export const sourceFiles = (root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => slashes(relative('.', name)))

/**
 * Every import of the TypeScript files below a folder, `import()` and types included.
 *
 * @param {string} root
 * @returns {Generator<{ file: string, line: number, target: string, path: string | undefined }>} `path`: the imported file
 * seen from the folder, where the target is one of them; its ending is that of the target
 */
export function* sourceImports(root) {
  for (const file of sourceFiles(root)) {
    for (const [index, content] of readFileSync(join(root, file), 'utf8').split('\n').entries()) {
      // Examples in comments import the published package.
      if (/^\s*(\*|\/\/|\/\*)/.test(content)) continue
      for (const [, , target] of content.matchAll(imported)) {
        const path = target.startsWith('.') ? slashes(join(file, '..', target)) : undefined
        yield { file, line: index + 1, target, path }
      }
    }
  }
}

/** The room of a file: `onnx` for `onnx/graph/Value.ts`, `cli` for `cli.ts`. */
export const roomOf = (path) => path.split('/')[0].replace(/\.[jt]sx?$/, '')

/** The sub-room of a file: `graph` for `onnx/graph/Value.ts`, `.` for `devnet/index.ts`. */
export const floorOf = (path) => (path.split('/').length > 2 ? path.split('/')[1] : '.')
