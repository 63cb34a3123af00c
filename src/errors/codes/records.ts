import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

// OL1350 is not free: it was what OL1905 is now.
export const recordsRange: ErrorRange = {
  title: 'Data files and the rows in them',
  codes: [
    [1350, 1359],
    [1361, 1362],
  ],
}

export const recordsErrors = {
  OL1351: {
    message: '{path} is JSON, but not one array of records: {found}',
    hint: 'Give JSON Lines, an array of objects, an object with one array of objects, or an object of objects.',
  },
  OL1352: {
    message:
      '{path} is not a data file: it is neither JSON Lines, JSON nor Parquet, and its name does not end with .csv or .tsv',
    hint: 'Rename a file of columns to .csv or .tsv. Turn plain text into JSON Lines, with one object with a field text for each passage to learn.',
  },
  OL1353: {
    message: '{path}, line {line}: {reason}',
    hint: 'Correct the file: the first row names the columns, every row has the same number of columns, and texts with commas, quotes or line breaks are in double quotes.',
  },
  OL1354: {
    message: '{path} cannot be read as Parquet: {reason}',
    hint: 'Write the file again, for example with pyarrow, or get it again from its source.',
  },
  OL1355: {
    message: '{path} cannot be unpacked with gzip: {reason}',
    hint: 'Get the file again from its source, or unpack it with `gunzip` and split it.',
  },
  OL1356: {
    message: '{pair} does not name a column: {reason}',
    hint: 'Write --map prompt=question,completion=answer: a field of a record before each equals sign ({known}), and your column after it.',
    exitCode: 2,
  },
  OL1357: {
    message: '{bad} of {total} records cannot be used:{list}',
    hint: 'Correct or remove these records; the others were not used either. {hint}',
  },
  OL1358: {
    message: '{path}, {unit} {line}, record {record}: the chat template of {base} cannot render the messages: {reason}',
    hint: 'Check the roles and their order in this record, or the template in tokenizer_config.json.',
  },
  OL1361: {
    message: '{path} is not a data file but {found}',
    hint: '{advice}.',
  },
  OL1362: {
    message: '{path} has more than {limit} rows',
    hint: 'Split the file; several files can be given one after the other.',
  },
} as const satisfies ErrorTable
