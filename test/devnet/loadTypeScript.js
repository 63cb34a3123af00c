import { readFile } from 'node:fs/promises'
import { register } from 'node:module'

// `node --import ./test/devnet/loadTypeScript.js file.ts`: lets a process of its own, which a test can kill, run the
// sources. The file registers itself as the hooks.
if (!import.meta.url.includes('?hooks')) register(`${import.meta.url}?hooks`)

export const resolve = (specifier, context, next) =>
  next(specifier, context).catch((error) => {
    if (!/^\.{1,2}\/.*\.js$/.test(specifier)) throw error
    return next(specifier.replace(/\.js$/, '.ts'), context)
  })

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const { transform } = await import('@swc/core')
  const source = await readFile(new URL(url), 'utf8')
  const { code } = await transform(source, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } })
  return { format: 'module', source: code, shortCircuit: true }
}
