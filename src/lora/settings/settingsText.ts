import { stringify } from 'yaml'
import type { TrainingSettings } from './settings.js'

/**
 * Writes a settings file with exactly these settings, for `openledger train --config`.
 *
 * @param comment lines of the comment above the settings, without the number sign
 * @example
 * console.log(settingsText(settings, ['The settings of the first adapter']))
 */
export function settingsText(settings: TrainingSettings, comment: readonly string[]): string {
  const fields = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value])
  return `${comment.map((line) => `# ${line}\n`).join('')}${stringify(Object.fromEntries(fields))}`
}
