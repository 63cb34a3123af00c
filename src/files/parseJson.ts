import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { type JsonFault, scanJson } from './scanJson.js'

/**
 * Parses a JSON document that is hashed, signed or acted on. {@link scanJson} makes sure that every parser reads it as the
 * same value, and that a double holds every number exactly.
 *
 * @param path names the file in errors
 * @throws OL1903, which names line and column of the first fault
 */
export function parseJson(path: string, text: string): unknown {
  const { fault, rounded } = scanJson(text)
  const first = fault ?? rounded[0]
  if (first !== undefined) throw new OpenLedgerError('OL1903', { path, reason: placed(text, first) })
  return JSON.parse(text)
}

/** Describes a fault and its place: `line 3, column 7: a value is missing`. */
export function placed(text: string, { offset, reason }: JsonFault): string {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return `line ${before.split('\n').length}, column ${columnOf(before.slice(lineStart))}: ${reason}`
}

/** The 1-based column after a text, in characters. */
export const columnOf = (before: string): number => [...before].length + 1
