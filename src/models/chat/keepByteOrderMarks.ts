import type { Tokenizer } from '@huggingface/tokenizers'

/**
 * Makes a byte-level decoder keep U+FEFF, which the library would drop as a byte order mark.
 *
 * @example
 * keepByteOrderMarks(decoder)
 */
export function keepByteOrderMarks(decoder: Tokenizer['decoder']): void {
  if (decoder === null) return
  // The library does not export the types of its decoders.
  if ('text_decoder' in decoder) decoder.text_decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  if ('decoders' in decoder) for (const inner of decoder.decoders as Tokenizer['decoder'][]) keepByteOrderMarks(inner)
}
