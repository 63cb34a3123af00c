import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1900 to OL1999: Files and the operating system. */
export const filesErrors = {
  OL1900: {
    message: 'Cannot read {path}: {reason}',
    hint: 'Check that the path is spelled right and that you may read it.',
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
    hint: 'Mend the file; `node -e "JSON.parse(require(\'fs\').readFileSync(process.argv[1]))" {path}` shows where.',
  },
  OL1904: {
    message: 'Line {line} of {path} is not a JSON object: {reason}',
    hint: 'Write one complete JSON object on every line (JSON Lines).',
  },
} as const satisfies ErrorTable
