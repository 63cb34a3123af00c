import type { AdapterChoice } from '../../models/adapter/openAdapterOf.js'
import type { CommandContext } from './CommandContext.js'

/** The options of a command that names an adapter. */
export interface AdapterInput {
  readonly adapter: string | undefined
  /** Use the adapter although it was trained on another base model. */
  readonly force: boolean
}

/** The adapter for the action behind a command; forced onto another base model it is used with a warning. */
export const adapterChoice = ({ output }: CommandContext, { adapter, force }: AdapterInput): AdapterChoice => ({
  ...(adapter !== undefined && { adapter }),
  ...(force && { onOtherBase: (warning: string) => output.warn(warning) }),
})
