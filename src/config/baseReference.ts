import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** A model on the Hugging Face Hub: `owner/name`, or `owner/name@revision`. */
const hubReference = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*(@[\w./-]+)?$/

/** Whether a reference to a base model means one on the Hub. A file or folder of that name takes precedence. */
export const isHubReference = (reference: string, folder = '.'): boolean =>
  hubReference.test(reference) && !existsSync(resolve(folder, reference))

/**
 * Resolves a base model as the user names it: a path becomes absolute, the name of a model on the Hub stays as it is.
 *
 * @param folder the folder that relative paths start from
 * @example
 * baseReference('base-model', '/work') // '/work/base-model'
 * baseReference('HuggingFaceTB/SmolLM2-135M', '/work') // the same
 */
export const baseReference = (given: string, folder: string): string =>
  isHubReference(given, folder) ? given : resolve(folder, given)
