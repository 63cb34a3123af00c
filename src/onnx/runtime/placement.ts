import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Where the operators of a program ran, as ONNX Runtime's own profile of a run says. */
export interface Placement {
  /** Operators of the program, fused ones counted once; copies between devices are not among them. */
  readonly operators: number
  /** Those that the device has no kernel for, and that the CPU computed instead; the most frequent first. */
  readonly onCpu: readonly { readonly op: string; readonly count: number }[]
}

const eventSchema = z.array(
  z.object({ cat: z.string(), name: z.string(), args: z.record(z.string(), z.unknown()).optional() }),
)

/** Records one run of a session in a folder of its own, and reads from it which provider computed which operator. */
export class PlacementProfile {
  readonly #folder: string
  /** What a session is created with to be recorded. */
  readonly options: { readonly enableProfiling: true; readonly profileFilePrefix: string }

  private constructor(folder: string) {
    this.#folder = folder
    this.options = { enableProfiling: true, profileFilePrefix: join(folder, 'run') }
  }

  static async start(): Promise<PlacementProfile> {
    return new PlacementProfile(await mkdtemp(join(tmpdir(), 'openledger-profile-')))
  }

  /** Reads what the session wrote when its profiling ended. */
  async read(): Promise<Placement> {
    const [name] = await readdir(this.#folder)
    const events = name ? eventSchema.parse(JSON.parse(await readFile(join(this.#folder, name), 'utf8'))) : []
    const ran = events.filter((event) => event.cat === 'Node' && event.name.endsWith('_kernel_time'))
    const operators = ran
      .map(({ args }) => ({ op: String(args?.['op_name']), provider: String(args?.['provider']) }))
      .filter(({ op }) => !op.startsWith('Memcpy'))
    const onCpu = new Map<string, number>()
    for (const { op, provider } of operators)
      if (provider === 'CPUExecutionProvider') onCpu.set(op, (onCpu.get(op) ?? 0) + 1)
    return { operators: operators.length, onCpu: mostFrequent(onCpu) }
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

const mostFrequent = (counts: ReadonlyMap<string, number>): Placement['onCpu'] =>
  [...counts].map(([op, count]) => ({ op, count })).sort((a, b) => b.count - a.count || (a.op < b.op ? -1 : 1))

/** The placement of several programs together. */
export function sumPlacements(placements: readonly Placement[]): Placement {
  const onCpu = new Map<string, number>()
  for (const { op, count } of placements.flatMap((placement) => placement.onCpu))
    onCpu.set(op, (onCpu.get(op) ?? 0) + count)
  return { operators: placements.reduce((sum, { operators }) => sum + operators, 0), onCpu: mostFrequent(onCpu) }
}
