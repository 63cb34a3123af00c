import type { Value } from '../graph/Value.js'
import { Program, type ProgramOptions } from './Program.js'
import { type Placement, sumPlacements } from './placement.js'

/**
 * Programs of one graph for several shapes, each compiled when it is first wanted. The first keeps its buffers, which is
 * faster where it is the only one; the others share the heap, or memory would grow with the number of shapes.
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

  /** Where the operators of all programs that have run so far ran; undefined where the CPU was asked for. */
  get placement(): Placement | undefined {
    const known = this.#compiled.flatMap(({ placement }) => placement ?? [])
    return known.length === 0 ? undefined : sumPlacements(known)
  }

  async dispose(): Promise<void> {
    const programs = [...this.#programs.values()]
    this.#programs.clear()
    // One that could not be compiled was reported where it was wanted, and has nothing to free.
    for (const compiled of await Promise.allSettled(programs))
      if (compiled.status === 'fulfilled') await compiled.value.dispose()
  }
}
