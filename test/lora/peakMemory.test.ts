import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { peakMemory } from '../../src/lora/peakMemory.js'
import { build, root } from '../cli/openledger.js'

beforeAll(build, 240_000)

const module = pathToFileURL(join(root, 'dist/lora/peakMemory.js')).href
const report = 'JSON.stringify([peakMemory(), process.resourceUsage().maxRSS * 1024])'

/** What a process that touches so many bytes reports of itself. */
function reportOf(bytes: number): number[] {
  const code = `import { peakMemory } from '${module}'; Buffer.alloc(${bytes}, 1); console.log(${report})`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  return JSON.parse(stdout)
}

test('the peak covers what was freed since', () => {
  const [small, large] = [reportOf(0)[0] as number, reportOf(400e6)[0] as number]
  expect(large - small).toBeGreaterThan(380e6)
  expect(large - small).toBeLessThan(450e6)
  expect(peakMemory()).toBeGreaterThanOrEqual(0.9 * process.memoryUsage.rss())
})

// macOS tells the peak by ru_maxrss alone.
const onLinux = existsSync('/proc/self/status') ? test : test.skip
onLinux('a large process that starts another does not count as the other’s', () => {
  const ballast = Buffer.alloc(600e6, 1)
  const [peak, inherited] = reportOf(0) as [number, number]
  expect(ballast.at(-1)).toBe(1)
  expect(inherited).toBeGreaterThan(600e6)
  expect(peak).toBeLessThan(200e6)
})
