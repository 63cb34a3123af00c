import type { Output } from '../../terminal/createOutput.js'
import type { Progress } from '../../terminal/Progress.js'

/** Shows how many of something are done; the total is known with the first. */
export function countView(output: Output, title: string, unit: string): (done: number, total: number) => void {
  let progress: Progress | undefined
  return (done, total) => {
    progress ??= output.progress({ title, total, unit })
    progress.update(done)
    if (done === total) progress.finish()
  }
}
