import { constants } from 'node:buffer'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'

/**
 * Decodes a file that must be UTF-8. The result has no byte order mark. Every other character stays as it is, so that the
 * text has exactly the bytes that are hashed and signed.
 *
 * @param path names the file in errors
 * @throws OL1905 when a byte belongs to no character; the error names its line and its place in the line
 * @throws OL1906 when the text is UTF-16 or UTF-32; the hint is the command that converts it
 * @throws OL1907 when the file is longer than a JavaScript string can be
 */
export function decodeUtf8(path: string, bytes: Uint8Array): string {
  const wide = wideEncoding(bytes)
  if (wide !== undefined) throw new OpenLedgerError('OL1906', { path, encoding: wide })
  if (bytes.length > constants.MAX_STRING_LENGTH)
    throw new OpenLedgerError('OL1907', { path, limit: constants.MAX_STRING_LENGTH })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const at = firstInvalid(bytes)
    const before = Buffer.from(bytes.buffer, bytes.byteOffset, at)
    const lineStart = before.lastIndexOf(0x0a) + 1
    let line = 1
    for (const byte of before) if (byte === 0x0a) line++
    const found = `0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`
    throw new OpenLedgerError('OL1905', { path, line, byte: at - lineStart + 1, found }, { cause })
  }
}

/**
 * Recognizes UTF-16 and UTF-32 by the byte order mark, or by the zero bytes of the first two characters, which are ASCII in
 * every format that we read.
 *
 * @returns the name that `iconv` uses for the encoding; undefined for any other file
 */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const starts = (...mark: readonly number[]): boolean => mark.every((byte, i) => bytes[i] === byte)
  // iconv reads the byte order from the mark and drops the mark. The longer mark begins with the shorter one.
  if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) return 'UTF-32'
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return 'UTF-16'
  return ['UTF-32LE', 'UTF-32BE', 'UTF-16LE', 'UTF-16BE'].find((encoding) => {
    const size = Number(/\d+/.exec(encoding)) / 8
    const first = bytes.subarray(0, 2 * size)
    const isText = (byte: number): boolean =>
      (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09
    const low = encoding.endsWith('LE') ? 0 : size - 1
    return first.length >= size && first.every((byte, i) => (i % size === low ? isText(byte) : byte === 0))
  })
}

/** Offset of the first byte that belongs to no character; of a truncated character, the offset of its first byte. */
function firstInvalid(bytes: Uint8Array): number {
  let [sound, damaged] = [0, bytes.length]
  while (damaged - sound > 1) {
    const middle = (sound + damaged) >> 1
    // `stream` accepts a character that is cut off at the end.
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      sound = middle
    } catch {
      damaged = middle
    }
  }
  // The decoder may still wait for the rest of a character that begins before `sound`.
  for (let begin = sound - 1; begin >= Math.max(0, sound - 3); begin--) {
    const byte = bytes[begin] as number
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    if (length > 1) return begin + length > sound ? begin : sound
  }
  return sound
}
