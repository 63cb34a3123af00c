import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Where the operators of a program ran, according to ONNX Runtime's profile of one run. */
export interface Placement {
  /** Number of operators, fused ones counted once, without copies between devices. */
  readonly operators: number
  /** Operators without a kernel on the device, which the CPU computed instead, the most frequent first. */
  readonly onCpu: readonly { readonly op: string; readonly count: number }[]
}

const eventSchema = z.array(
  z.object({ cat: z.string(), name: z.string(), args: z.record(z.string(), z.unknown()).optional() }),
)

/** Profiles one run of a session into a temporary folder, and reads from it which provider ran each operator. */
export class PlacementProfile {
  readonly #folder: string
  /** Session options that switch profiling on. */
  readonly options: { readonly enableProfiling: true; readonly profileFilePrefix: string }

  private constructor(folder: string) {
    this.#folder = folder
    this.options = { enableProfiling: true, profileFilePrefix: join(folder, 'run') }
  }

  static async start(): Promise<PlacementProfile> {
    return new PlacementProfile(await mkdtemp(join(tmpdir(), 'openledger-profile-')))
  }

  /** Reads the profile; call it after the session has ended profiling. */
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
