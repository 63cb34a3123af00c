import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { peakMemory } from '../../src/lora/step/peakMemory.js'
import { build, root } from '../cli/openledger.js'

beforeAll(build)

const module = pathToFileURL(join(root, 'dist/lora/step/peakMemory.js')).href
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

onLinux('weights that several programs map count once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'openledger-peak-'))
  const bytes = 64 * 2 ** 20
  await writeFile(join(folder, 'weights'), Buffer.alloc(bytes, 1))
  const code = `
    import { memoryInUse, peakMemory } from '${module}'
    import { Program } from '${pathToFileURL(join(root, 'dist/onnx/runtime/Program.js')).href}'
    import { input, weight } from '${pathToFileURL(join(root, 'dist/onnx/graph/primitives/inputs.js')).href}'
    import { gemm } from '${pathToFileURL(join(root, 'dist/onnx/graph/primitives/products.js')).href}'
    const data = { path: ${JSON.stringify(join(folder, 'weights'))}, offset: 0, length: ${bytes} }
    const told = [[memoryInUse(), process.memoryUsage.rss(), peakMemory()]]
    for (const rows of [1, 2, 3]) {
      const w = weight('w', [4096, 4096], data)
      const program = await Program.compile({ y: gemm(input('x', 'float32', [rows, 4096]), w) })
      await program.run({ x: new Float32Array(rows * 4096) })
      told.push([memoryInUse(), process.memoryUsage.rss(), peakMemory()])
    }
    console.log(JSON.stringify(told))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  await rm(folder, { recursive: true })
  const [before, one, , three] = JSON.parse(stdout) as [number, number, number][]
  const [inUse, resident, peak] = [0, 1, 2].map((i) => (three?.[i] as number) - (one?.[i] as number)) as number[]
  expect((one?.[0] as number) - (before?.[0] as number)).toBeGreaterThan(0.95 * bytes)
  expect(resident).toBeGreaterThan(1.9 * bytes)
  expect(inUse).toBeLessThan(0.3 * bytes)
  expect(peak).toBeLessThan(0.3 * bytes)
})
