import type { Value } from '../graph/Value.js'
import { Program, type ProgramOptions } from './Program.js'
import { type Placement, sumPlacements } from './placement.js'

/**
 * Programs of one graph for several shapes, each compiled at its first use. The first keeps its own buffers, which is
 * faster if it stays the only one; the others share the heap, because memory would otherwise grow with the number of shapes.
 */
export class ProgramCache {
  readonly #programs = new Map<string, Promise<Program>>()
  readonly #options: ProgramOptions
  readonly #compiled: Program[] = []

  constructor(options: ProgramOptions) {
    this.#options = options
  }

  /** @param build the outputs, called only where no program of that key exists */
  get(key: string, build: () => Readonly<Record<string, Value>>): Promise<Program> {
    const known = this.#programs.get(key)
    if (known) return known
    const options = { ...this.#options, ownBuffers: this.#programs.size === 0 }
    const program = Program.compile(build(), options).then((compiled) => {
      this.#compiled.push(compiled)
      return compiled
    })
    this.#programs.set(key, program)
    return program
  }

  /** Where the operators of all programs that have run so far ran; undefined on the CPU. */
  get placement(): Placement | undefined {
    const known = this.#compiled.flatMap(({ placement }) => placement ?? [])
    return known.length === 0 ? undefined : sumPlacements(known)
  }

  async dispose(): Promise<void> {
    const programs = [...this.#programs.values()]
    this.#programs.clear()
    // A program that failed to compile was reported by `get` and has nothing to free.
    for (const compiled of await Promise.allSettled(programs))
      if (compiled.status === 'fulfilled') await compiled.value.dispose()
  }
}
