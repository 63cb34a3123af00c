import { join } from 'node:path'

/** The paths of a workspace; they are absolute when `root` is. */
export interface WorkspacePaths {
  readonly root: string
  readonly config: string
  readonly datanet: string
  readonly versions: string
  version(number: number): string
  readonly heldOut: string
  readonly questions: string
  readonly adapters: string
  adapter(name: string): string
  readonly attribution: string
  readonly epochs: string
  epoch(number: number): string
  /** State of this machine that is not shared: devnet, logs, the record store. */
  readonly state: string
  readonly devnet: string
  /** The saved state of both layers of the devnet, one file. */
  readonly chains: string
  readonly snapshots: string
  snapshot(name: string): string
  readonly logs: string
  readonly database: string
}

/**
 * The layout of a workspace. The function neither makes nor checks anything.
 *
 * @example
 * workspacePaths('/home/mara/bees').version(1) // '/home/mara/bees/datanet/versions/1'
 */
export function workspacePaths(root: string): WorkspacePaths {
  const under = (...parts: string[]): string => join(root, ...parts)
  return {
    root,
    config: under('openledger.config.json'),
    datanet: under('datanet'),
    versions: under('datanet', 'versions'),
    version: (number) => under('datanet', 'versions', String(number)),
    heldOut: under('datanet', 'held-out.jsonl'),
    questions: under('datanet', 'questions.jsonl'),
    adapters: under('adapters'),
    adapter: (name) => under('adapters', name),
    attribution: under('attribution'),
    epochs: under('epochs'),
    epoch: (number) => under('epochs', String(number)),
    state: under('.openledger'),
    devnet: under('.openledger', 'devnet.json'),
    chains: under('.openledger', 'chains.saved'),
    snapshots: under('.openledger', 'snapshots'),
    snapshot: (name) => under('.openledger', 'snapshots', `${name}.saved`),
    logs: under('.openledger', 'logs'),
    database: under('.openledger', 'datanet.db'),
  }
}
