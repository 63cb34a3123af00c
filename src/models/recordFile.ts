import { readFile } from 'node:fs/promises'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { isObject, type JsonLine, parseJsonLines } from '../files/readJsonLines.js'
import { reasonOf } from '../files/reasonOf.js'

/** One record of a data file. */
export interface JsonRecord extends JsonLine {
  /** 1-based, among the records. `line` is where it begins. */
  readonly record: number
}

/**
 * Reads a data file: JSON Lines, a JSON array of objects, or a JSON object with one array of objects (`{"data": [...]}`).
 * Which of them it is, its first line shows, not its name.
 *
 * @param isRecord whether an object is a record by itself: alone in a file, it is no wrapper of an array
 * @throws OL1900 when the file cannot be read, OL1350 when it is not UTF-8
 * @throws OL1904 of a line, OL1903 of a whole file that is not JSON, and OL1351 of JSON that holds no one array of objects
 */
export async function readRecordFile(
  path: string,
  isRecord: (value: Readonly<Record<string, unknown>>) => boolean,
): Promise<JsonRecord[]> {
  const text = await readUtf8(path)
  const whole = parseWhole(path, text)
  const lines = whole === undefined ? parseJsonLines(path, text) : recordsOf(path, text, whole, isRecord)
  return lines.map((line, i) => ({ ...line, record: i + 1 }))
}

async function readUtf8(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1900', { path, reason: reasonOf(cause) }, { cause })
  })
  try {
    // A byte order mark is taken off. What is not UTF-8 would be trained on as replacement characters.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const line = new TextDecoder('latin1').decode(bytes.subarray(0, firstInvalid(bytes))).split('\n').length
    throw new OpenLedgerError('OL1350', { path, line }, { cause })
  }
}

/** The number of bytes before the first that is no UTF-8. */
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
  return sound
}

/** The file as one JSON value; undefined where it is JSON Lines, which a first line that is whole by itself shows. */
function parseWhole(path: string, text: string): unknown {
  const start = text.search(/\S/)
  if (start < 0) return undefined
  const end = text.indexOf('\n', start)
  const first = end < 0 ? text.slice(start) : text.slice(start, end)
  const more = end >= 0 && text.slice(end).trim() !== ''
  if (text[start] !== '[' && (more ? isJson(first) : !isJson(first))) return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    // Objects over several lines are a file of JSON; anything else is a bad line of JSON Lines.
    if (text[start] === '[' || /^\{\s*("[^"]*"\s*:\s*[[{]?\s*)?$/.test(first))
      throw new OpenLedgerError('OL1903', { path, reason: reasonOf(cause) }, { cause })
    return undefined
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function recordsOf(
  path: string,
  text: string,
  whole: unknown,
  isRecord: (value: Readonly<Record<string, unknown>>) => boolean,
): JsonLine[] {
  const firstLine = text.slice(0, text.search(/\S/)).split('\n').length
  if (isObject(whole) && isRecord(whole)) return [{ line: firstLine, value: whole }]
  const arrays = isObject(whole) ? Object.entries(whole).filter(([, value]) => Array.isArray(value)) : []
  if (!Array.isArray(whole) && arrays.length !== 1) {
    // A single line is rather a record with the wrong fields than a file with the wrong arrays.
    if (isObject(whole) && !text.trim().includes('\n') && arrays.length === 0)
      return [{ line: firstLine, value: whole }]
    const names = arrays.map(([name]) => name).join(', ')
    const found = isObject(whole)
      ? `an object with ${names ? `the arrays ${names}` : 'no array'}`
      : JSON.stringify(whole)
    throw new OpenLedgerError('OL1351', { path, found })
  }
  const items = (Array.isArray(whole) ? whole : arrays[0]?.[1]) as unknown[]
  const lines = elementLines(text, arrays[0]?.[0])
  return items.map((value, i) => {
    const line = lines[i] as number
    if (isObject(value)) return { line, value }
    throw new OpenLedgerError('OL1904', { path, line, reason: `element ${i + 1} is ${JSON.stringify(value)}` })
  })
}

/**
 * The lines on which the elements of an array begin, in text that is known to be JSON.
 *
 * @param key the array is this member of the root object, or else the root itself
 */
function elementLines(text: string, key?: string): number[] {
  const lines: number[] = []
  const inner = key === undefined ? 1 : 2
  let [line, depth, member] = [1, 0, '']
  let [inside, expecting] = [false, false]
  for (const [token] of text.matchAll(/\n|"(?:[^"\\]|\\.)*"|[[\]{},]|[^\s[\]{},:"]+/g)) {
    if (token === '\n') line++
    else {
      if (expecting && token !== ']') lines.push(line)
      if (depth === 1 && token.startsWith('"')) member = token
      if (token === '[' && depth === inner - 1) inside = key === undefined || JSON.parse(member) === key
      if (token === '[' || token === '{') depth++
      else if (token === ']' || token === '}') depth--
      inside &&= depth >= inner
      expecting = inside && depth === inner && (token === '[' || token === ',')
    }
  }
  return lines
}
