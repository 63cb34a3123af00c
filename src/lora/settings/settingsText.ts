import { stringify } from 'yaml'
import type { TrainingSettings } from './settings.js'

/**
 * A settings file that gives exactly these settings, for `openledger train --config`.
 *
 * @param comment what stands above them; its lines without the number sign
 * @example
 * await writeFileAtomic('train.yaml', settingsText(parseTrainingSettings({ rank: 4 }), ['What the first adapter was trained with']))
 */
export function settingsText(settings: TrainingSettings, comment: readonly string[]): string {
  const fields = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value])
  return `${comment.map((line) => `# ${line}\n`).join('')}${stringify(Object.fromEntries(fields))}`
}
