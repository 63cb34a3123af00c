import { constants } from 'node:buffer'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'

/**
 * Decodes a file that must be UTF-8. A byte order mark at its start is left out; every other character stays as it is, so
 * that the text has the bytes that are hashed and signed.
 *
 * @param path names the file in errors
 * @throws OL1905 when a byte belongs to no character, with its line and its place in the line
 * @throws OL1906 when the text is UTF-16 or UTF-32, with the command that converts it
 * @throws OL1907 when it is longer than a text can be
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
 * The encoding of a text that is not in bytes, by the name that `iconv` has for it; undefined for any other file. A byte
 * order mark tells it, or else the zero bytes of its first two characters, which are ASCII in every format that is read.
 */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const starts = (...mark: readonly number[]): boolean => mark.every((byte, i) => bytes[i] === byte)
  // With a mark iconv finds the order by itself and leaves the mark out. The longer mark begins with the shorter one.
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

/** The place of the first byte that no character has: the one that begins a character, where only a part of it is there. */
function firstInvalid(bytes: Uint8Array): number {
  let [sound, damaged] = [0, bytes.length]
  while (damaged - sound > 1) {
    const middle = (sound + damaged) >> 1
    // `stream` takes a character that is cut off at the end for sound.
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      sound = middle
    } catch {
      damaged = middle
    }
  }
  // What the decoder still waited for.
  for (let begin = sound - 1; begin >= Math.max(0, sound - 3); begin--) {
    const byte = bytes[begin] as number
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    if (length > 1) return begin + length > sound ? begin : sound
  }
  return sound
}
