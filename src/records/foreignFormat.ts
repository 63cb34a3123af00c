/** An unsupported file format, and how to convert it. */
export interface ForeignFormat {
  readonly found: string
  readonly advice: string
}

const workbook = 'Open it with its program, save the sheet as CSV in UTF-8, and give that file'
const unpack = 'Unpack the file, and give what comes out'

const formats: readonly (ForeignFormat & { readonly magic: string })[] = [
  { magic: 'PK\x03\x04', found: 'a zip archive, such as an Excel workbook (.xlsx)', advice: workbook },
  {
    magic: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    found: 'an Office document, such as an Excel workbook (.xls)',
    advice: workbook,
  },
  {
    magic: '\x1f\x8b',
    found: 'packed with gzip twice',
    advice: 'Unpack the file once with `gunzip`, and give what comes out',
  },
  { magic: '\x28\xb5\x2f\xfd', found: 'packed with zstd', advice: unpack },
  { magic: 'BZh', found: 'packed with bzip2', advice: unpack },
  { magic: '\xfd7zXZ\0', found: 'packed with xz', advice: unpack },
  { magic: 'ARROW1\0\0', found: 'an Arrow file', advice: 'Write it as Parquet, for example with pyarrow' },
  {
    magic: '\xff\xff\xff\xff',
    found: 'an Arrow stream, as Hugging Face datasets keep it',
    advice: 'Write it as Parquet: `dataset.to_parquet(…)`',
  },
  {
    magic: '%PDF-',
    found: 'a PDF document',
    advice: 'Write its text as JSON Lines, one object with a field text for each passage',
  },
]

/** Recognizes a file of an unsupported format by its first bytes; undefined if none matches. */
export function foreignFormat(bytes: Uint8Array): ForeignFormat | undefined {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1')
  return formats.find(({ magic }) => start.startsWith(magic))
}
