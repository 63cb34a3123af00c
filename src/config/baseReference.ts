import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** A model of the Hugging Face Hub: `owner/name`, and the revision after an @ where one is wanted. */
const hubReference = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*(@[\w./-]+)?$/

/** Whether a reference to a base model can only mean one of the Hub: a file or folder of that name always wins. */
export const isHubReference = (reference: string, folder = '.'): boolean =>
  hubReference.test(reference) && !existsSync(resolve(folder, reference))

/**
 * A base model as a user names it: an absolute path, or what names a model of the Hub, unchanged.
 *
 * @param folder where relative paths start
 * @example
 * baseReference('base-model', '/work') // '/work/base-model'
 * baseReference('HuggingFaceTB/SmolLM2-135M', '/work') // the same
 */
export const baseReference = (given: string, folder: string): string =>
  isHubReference(given, folder) ? given : resolve(folder, given)
