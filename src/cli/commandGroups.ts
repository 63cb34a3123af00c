import type { Command } from './declareCommand.js'

type Named = Pick<Command, 'noun' | 'verb'>

/** The words that lead to a command: `['devnet', 'snapshot', 'save']`. */
export const wordsOf = ({ noun, verb }: Named): readonly string[] => [
  noun,
  ...(verb === undefined ? [] : verb.split(' ')),
]

/** The commands whose words begin with these: both `['devnet']` and `['devnet', 'snapshot']` find `devnet snapshot save`. */
export const commandsBelow = <Row extends Named>(words: readonly string[], commands: readonly Row[]): readonly Row[] =>
  commands.filter((command) => {
    const path = wordsOf(command)
    return path.length > words.length && words.every((word, depth) => path[depth] === word)
  })

/** The words that may follow `words`, each once, in the order of the table: `up`, `down`, `snapshot`. */
export const nextWords = (words: readonly string[], commands: readonly Named[]): readonly string[] => [
  ...new Set(commandsBelow(words, commands).map((command) => wordsOf(command)[words.length] ?? '')),
]

/** The command that exactly these words name. */
export const commandNamed = (words: readonly string[], commands: readonly Command[]): Command | undefined =>
  commands.find((command) => wordsOf(command).join(' ') === words.join(' '))
