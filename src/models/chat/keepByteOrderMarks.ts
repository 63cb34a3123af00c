import type { Tokenizer } from '@huggingface/tokenizers'

/**
 * Lets a decoder of single bytes keep U+FEFF, which the library takes for a byte order mark and leaves out.
 *
 * @example
 * keepByteOrderMarks(tokenizer.decoder)
 */
export function keepByteOrderMarks(decoder: Tokenizer['decoder']): void {
  if (decoder === null) return
  // The library does not export the types of the decoders that it makes.
  if ('text_decoder' in decoder) decoder.text_decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  if ('decoders' in decoder) for (const inner of decoder.decoders as Tokenizer['decoder'][]) keepByteOrderMarks(inner)
}
