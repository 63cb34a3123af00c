import { decodeUtf8 } from './decodeUtf8.js'
import { parseJson } from './parseJson.js'
import { readWhole } from './readWhole.js'

/**
 * Reads a UTF-8 file, without a byte order mark at its start.
 *
 * @throws OL1900 when the file cannot be read
 * @throws OL1905 or OL1906 when it is not UTF-8, OL1907 when it is too long
 */
export const readText = async (path: string): Promise<string> => decodeUtf8(path, await readWhole(path))

/**
 * Reads and parses a JSON file. The caller checks the shape (zod).
 *
 * @throws OL1900, OL1905, OL1906, OL1907 like {@link readText}
 * @throws OL1903 when the text is not JSON, or when parsers may read it as different values
 */
export const readJson = async (path: string): Promise<unknown> => parseJson(path, await readText(path))
