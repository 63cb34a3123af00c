/** One JSON document on one line; amounts are bigint and become decimal strings, since JSON numbers lose digits. */
export function renderJson(document: unknown): string {
  return JSON.stringify(document, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}
