#!/usr/bin/env node
// The command line that forge expects of a native solc, in front of the compiler from npm.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const solc = createRequire(import.meta.url)('solc')
const flags = process.argv.slice(2)

if (flags.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`)
} else if (flags.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8')))
} else {
  process.stderr.write(`solc.js answers --version and --standard-json, not: ${flags.join(' ') || '(no flag)'}\n`)
  process.exitCode = 2
}
