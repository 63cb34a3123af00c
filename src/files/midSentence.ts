/**
 * The message of an error as it stands within another sentence: it begins in lower case, unless its first word is a name.
 *
 * @example
 * midSentence('No devnet runs in .') // 'no devnet runs in .'
 */
export const midSentence = (message: string): string =>
  message.replace(/^[A-Z](?=[a-z]*[ ,:;])/, (letter) => letter.toLowerCase())
