import { checkAddedTokens } from './addedTokens.js'
import { portablePreTokenizer } from './preTokenizers.js'
import { type Component, refused } from './refused.js'

/**
 * Rewrites tokenizer.json for our tokenizer library, which does not support every construct of Python's tokenizers. A
 * construct is rewritten to an equivalent one that the library supports, or refused if the library would compute other
 * tokens.
 *
 * @throws Error that names the construct, or the missing part of an incomplete file
 */
export function portableTokenizer(definition: object): object {
  const whole = definition as Component
  const model = whole['model'] as Component | null | undefined
  if (typeof model !== 'object' || model === null) throw new Error('tokenizer.json has no "model"')
  checkNormalizer(whole['normalizer'] as Component | null)
  checkModel(model, JSON.stringify(whole['pre_tokenizer'] ?? null).includes('"ByteLevel"'))
  checkDecoder((whole['decoder'] ?? null) as Component | null)
  checkAddedTokens((whole['added_tokens'] ?? []) as readonly Component[])
  return {
    ...whole,
    added_tokens: whole['added_tokens'] ?? [],
    pre_tokenizer: portablePreTokenizer((whole['pre_tokenizer'] ?? null) as Component | null),
  }
}

const normalizers = ['NFC', 'NFD', 'NFKC', 'NFKD', 'Prepend', 'Replace', 'Sequence']

function checkNormalizer(normalizer: Component | null): void {
  if (normalizer == null) return
  const type = String(normalizer['type'])
  if (!normalizers.includes(type)) throw refused(`the normalizer ${type}`)
  // JavaScript would interpret a $ in the replacement.
  if (type === 'Replace' && String(normalizer['content']).includes('$'))
    throw refused('the normalizer Replace with a $ in its content')
  for (const inner of (normalizer['normalizers'] ?? []) as readonly Component[]) checkNormalizer(inner)
}

/** Refuses CTC, a decoder for speech, from whose ends the library strips other characters. */
function checkDecoder(decoder: Component | null): void {
  if (decoder?.['type'] === 'CTC') throw refused('the decoder CTC')
  for (const inner of (decoder?.['decoders'] ?? []) as readonly Component[]) checkDecoder(inner)
}

function checkModel(model: Component, isByteLevel: boolean): void {
  const { type = 'BPE', vocab, merges } = model
  if (type !== 'BPE') throw refused(`the model ${type}`)
  if (typeof vocab !== 'object' || vocab === null) throw new Error('the model in tokenizer.json has no "vocab"')
  if (!Array.isArray(merges)) throw new Error(`the BPE model in tokenizer.json has no "merges"; ${howToMake}`)
  if (Array.isArray(vocab) || !Object.values(vocab).every((id) => Number.isSafeInteger(id) && id >= 0))
    throw new Error('the "vocab" of the BPE model in tokenizer.json is not an object of words with their ids')
  if (!merges.every(isPair)) throw new Error('the "merges" in tokenizer.json are not pairs of words')
  const words = Object.keys(vocab)
  if (merges.length === 0 && words.some((word) => isMerged(word)))
    throw new Error(
      `the BPE model in tokenizer.json has no merges, so none of its ${words.length} words can be formed; ${howToMake}`,
    )
  if (typeof model['dropout'] === 'number' && model['dropout'] > 0)
    throw refused('the dropout of a BPE model, which tokenizes by chance')
  for (const field of ['continuing_subword_prefix', 'end_of_word_suffix'])
    if (model[field]) throw refused(`${field} of a BPE model`)
  if (model['byte_fallback'] === true) {
    const missing = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
    if (!missing.every((word) => Object.hasOwn(vocab, word)))
      throw refused('the byte_fallback of a BPE model without all 256 bytes in its vocabulary')
  } else if (model['unk_token'] == null && !isByteLevel && merges.length > 0)
    // If a character is dropped, its two neighbours may be merged.
    throw refused('a BPE model without unk_token, byte_fallback and ByteLevel, which leaves characters out')
}

/** Whether a merge is a pair of tokens; older files write it as one text with a space between. */
const isPair = (merge: unknown): boolean =>
  Array.isArray(merge)
    ? merge.length === 2 && merge.every((word) => typeof word === 'string')
    : typeof merge === 'string' && merge.split(' ').length === 2

/** Whether a word consists of letters only; special tokens and bytes contain other signs. */
const isMerged = (word: string): boolean => /^[\p{L}\u0120\u2581]{2,}$/u.test(word)

/** How to make tokenizer.json from the older files. */
export const howToMake =
  'make tokenizer.json from the original files with transformers: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)'
