import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const filesRange: ErrorRange = { title: 'Files and the operating system', codes: [[1900, 1999]] }

export const filesErrors = {
  OL1900: {
    message: 'Cannot read {path}: {reason}',
    hint: 'Check the spelling of the path and your permission to read it.',
  },
  OL1901: {
    message: 'Cannot write {path}: {reason}',
    hint: 'Check the free space and the permissions of the folder; nothing was changed.',
  },
  OL1902: {
    message: '{path} exists and is not empty',
    hint: 'Choose another folder, or remove this one first.',
  },
  OL1903: {
    message: '{path} is not valid JSON: {reason}',
    hint: 'Correct the file at that place, or get it again from its source.',
  },
  OL1904: {
    message: 'Line {line} of {path} is not a JSON object: {reason}',
    hint: 'Write one complete JSON object on every line (JSON Lines).',
  },
  OL1905: {
    message: '{path} is not UTF-8 text: in line {line}, byte {byte}, which is {found}, belongs to no character',
    hint: 'Convert the file: `iconv -f WINDOWS-1252 -t UTF-8 {path} > converted` suits Latin-1 and most older Windows files; `file {path}` guesses other encodings.',
  },
  OL1906: {
    message: '{path} is {encoding} text, not UTF-8',
    hint: 'Convert the file: `iconv -f {encoding} -t UTF-8 {path} > converted`',
  },
  OL1907: {
    message: '{path} is larger than {limit} bytes, the limit of one text',
    hint: 'Split the file, for example with `split -C 400m`, and give every part.',
  },
} as const satisfies ErrorTable
