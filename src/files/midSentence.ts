/**
 * An error message for use within another sentence: it begins in lower case, unless its first word is a name.
 *
 * @example
 * midSentence('No devnet is running in .') // 'no devnet is running in .'
 */
export const midSentence = (message: string): string =>
  message.replace(/^[A-Z](?=[a-z]*[ ,:;])/, (letter) => letter.toLowerCase())
