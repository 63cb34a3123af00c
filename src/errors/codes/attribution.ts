import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const attributionRange: ErrorRange = { title: 'Influence, spans and shares', codes: [[1500, 1599]] }

export const attributionErrors = {
  OL1500: {
    message: 'The gradients do not fit together: {reason}',
    hint: 'Compute the gradients of records and answers with the same adapter and the same blocks.',
  },
  OL1501: {
    message: 'The {role} gradient of row {row} is not finite in block {block}',
    hint: 'Check the adapter for NaN weights; a smaller --learning-rate or a shorter record usually fixes it.',
  },
  OL1502: {
    message: 'The curvature of {block} is singular at damping {damping}',
    hint: 'Raise the damping; usual values are 0.1 to 10.',
  },
  OL1503: {
    message: '"{name}" is not a scorer',
    hint: 'Choose one of {known}.',
    exitCode: 2,
  },
  OL1504: {
    message: '{option} must be {expected}; it is {value}',
    hint: 'Give {option} a value in its range.',
    exitCode: 2,
  },
  OL1505: {
    message: '{path} was made for another {what}: it names {found}, but this one is {expected}',
    hint: 'Remove {path} and build the index again.',
    exitCode: 6,
  },
  OL1506: {
    message: '{path} is not an influence index: {reason}',
    hint: 'Remove {path} and build the index again.',
  },
  OL1507: {
    message: 'Token {position} of record {record} is {value}, not a token id',
    hint: 'Give the ids that the tokenizer returned: non-negative integers.',
  },
  OL1508: {
    message: 'The score of record {record} is {value}, not a finite number',
    hint: 'Check the gradients and the damping of the scorer.',
  },
  OL1509: {
    message: 'Cannot split {pool} wei: {reason}',
    hint: 'Give a pool of zero or more wei, and finite weights that are not negative and not all zero.',
  },
  OL1510: {
    message: '{left} and {right} are of different lengths: {leftLength} and {rightLength}',
    hint: 'Give one entry of each list for every record, in the same order.',
  },
  OL1511: {
    message: 'Line {line} of {path} is not a question: {reason}',
    hint: 'Give a prompt, or messages that end with the question or its answer; completion is optional.',
  },
  OL1512: {
    message: 'The {what} of {path} has changed: its hash is {found}, the training manifest says {wanted}',
    hint: '{hint}.',
    exitCode: 6,
  },
  OL1513: {
    message: 'The model gave an empty answer to the question of line {line}',
    hint: 'Give the answer as completion, or train longer: the first token of the model ends the turn.',
  },
  OL1514: {
    message: 'The gradients of {rows} records, {columns} numbers each, need {gibibytes} GiB of memory',
    hint: 'Train with a lower --rank or fewer --target-modules, or on fewer records.',
  },
  OL1516: {
    message: 'The chat template cannot render the question of line {line}: {reason}',
    hint: 'Check its roles and their order, or the template in tokenizer_config.json of the base model.',
  },
  OL1515: {
    message:
      'Question and answer of line {line} have {tokens} tokens; within its {limit} the model reads no token of the answer',
    hint: 'Shorten the question or its earlier turns, or use a base model with a longer context.',
  },
  OL1518: {
    message:
      'The record of line {line} of {path} has no `sequence`, but that of line {other} has one: their order is not known',
    hint: 'Train on a version of a Datanet, which states `sequence` for every record, or leave the field out of all records of the file to use the order of the lines.',
  },
  OL1519: {
    message:
      'The records of lines {line} and {other} of {path} both have the `sequence` {sequence}: their order is not known',
    hint: 'Give every record its own place in the order of contributions, or leave the field out of all records of the file.',
  },
} as const satisfies ErrorTable
