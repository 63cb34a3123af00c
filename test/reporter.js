import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

/**
 * After a run of many files names the ten slowest, and writes the paths of those that failed to the file that
 * `FAILED_TESTS_FILE` names: `.ci/run` runs each of them once more, alone.
 */
export default class Reporter {
  onRunComplete(_contexts, { testResults }) {
    const root = process.cwd()
    const files = testResults.map(({ testFilePath, perfStats, numFailingTests, testExecError }) => ({
      path: relative(root, testFilePath),
      seconds: (perfStats.end - perfStats.start) / 1000,
      failed: numFailingTests > 0 || Boolean(testExecError),
    }))
    const list = process.env.FAILED_TESTS_FILE
    if (list) {
      const failed = files.filter((file) => file.failed)
      writeFileSync(list, failed.map(({ path }) => `${path}\n`).join(''))
    }
    if (files.length <= 10) return
    const slowest = files.sort((a, b) => b.seconds - a.seconds).slice(0, 10)
    console.log('\nThe ten slowest files:')
    for (const { path, seconds } of slowest) console.log(`${seconds.toFixed(1).padStart(7)} s  ${path}`)
  }
}
