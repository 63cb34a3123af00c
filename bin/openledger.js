#!/usr/bin/env node
// Only what the oldest Nodes understand: they must get as far as the message.
import { existsSync } from 'node:fs'
import module from 'node:module'

const oldest = 20
const entry = new URL('../dist/cli.js', import.meta.url)

if (Number.parseInt(process.versions.node, 10) < oldest) {
  console.error(
    `openledger needs Node ${oldest} or newer and this is ${process.version}: see https://nodejs.org/en/download`,
  )
  process.exitCode = 1
} else if (!existsSync(entry)) {
  console.error('openledger is not built yet: run `npm run build` in its folder')
  process.exitCode = 1
} else {
  // Compiled code is kept between runs where Node can (22.8 and newer).
  if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') module.enableCompileCache()
  import(entry.href).then(({ start }) => start())
}
