import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const loraRange: ErrorRange = { title: 'Training and adapters', codes: [[1400, 1499]] }

export const loraErrors = {
  OL1400: {
    message: 'The setting {setting} is {value}: {reason}',
    hint: 'Correct --{setting}, or leave it out to take the default.',
    exitCode: 2,
  },
  OL1401: {
    message: 'None of the {records} records of {path} has a token to learn from within {limit} tokens',
    hint: 'Raise --max-length, or shorten the prompts: what is beyond the limit is cut off.',
  },
  OL1402: {
    message: 'Training diverged at step {step}: the loss is {loss}, the norm of its gradient {norm}',
    hint: 'Lower --learning-rate, or keep --max-grad-norm at 1. No adapter was written.',
  },
  OL1403: {
    message: '{path} is not a training manifest of this version: {reason}',
    hint: 'Train the adapter again with this version of openledger.',
  },
  OL1404: {
    message: '{path} has changed since the adapter was trained: its hash is {found}, the manifest says {wanted}',
    hint: 'Restore the file that was trained on; influence on other data would be meaningless.',
    exitCode: 6,
  },
  OL1405: {
    message: 'Another process, {holder}, is training into {path}',
    hint: 'Wait for it, or give --output another folder.',
  },
  OL1406: {
    message: 'There is no adapter in {path}',
    hint: 'Train one with `openledger train`, or name one with --adapter.',
  },
  OL1407: {
    message: 'The held-out loss did not fall: {before} before, {after} after',
    hint: 'Report this with your platform: the quickstart is made to learn its own Datanet.',
    exitCode: 6,
  },
  OL1408: {
    message: 'The loss of the base model itself is {loss}',
    hint: 'Download or export the base model again: some of its weights are NaN, infinite or far too large.',
  },
  OL1420: {
    message: 'A training into {path} was interrupted at step {step}',
    hint: 'Go on with --resume, or start anew with --yes, which gives up those steps.',
  },
  OL1421: {
    message: 'The {what} {path} has changed since the checkpoint: its hash is {found}, the checkpoint says {wanted}',
    hint: 'Restore it, or start anew without --resume: the steps before and after would belong to different trainings.',
    exitCode: 6,
  },
  OL1422: {
    message: 'The settings are not those of the checkpoint {path}: {changes}',
    hint: 'Give the same settings as before, or start anew without --resume.',
    exitCode: 6,
  },
  OL1423: {
    message: 'The checkpoint {path} cannot be used: {reason}',
    hint: 'Remove that folder: --resume then goes on from the checkpoint before it, or from the beginning.',
  },
  OL1424: {
    message: '--{setting} needs records to evaluate on, and none are held out',
    hint: 'Hold some out with --eval-split 0.1, or name a file of them with --eval-data.',
    exitCode: 2,
  },
  OL1425: {
    message: 'There is no decoder layer {layer}: the last one is {last}',
    hint: 'Name layers that the model has, counted from 0, such as --layers 0-3,7.',
    exitCode: 2,
  },
  OL1426: {
    message: 'The adapter {path} was trained on another base model: its hash is {wanted}, that of {base} is {found}',
    hint: 'Name the base model that it was trained on with --base; with --force it is used on this one all the same.',
    exitCode: 6,
  },
  OL1427: {
    message: 'The adapter {path} cannot be trained on with these settings: {changes}',
    hint: 'Leave them out: an adapter that training begins with brings its own.',
    exitCode: 2,
  },
  OL1428: {
    message: 'Interrupted by {signal}; {step} steps are kept in {path}',
    hint: 'Run the same command with --resume: it goes on from there, to the same adapter.',
    exitCode: 130,
  },
  OL1429: {
    message: '{count} settings cannot be taken: {problems}',
    hint: 'Correct each of them, or leave it out to take the default.',
    exitCode: 2,
  },
  OL1435: {
    message: 'The regular expression {pattern} is malformed, or means something else in Python, where PEFT reads it',
    hint: 'Write it with plain groups, classes and repeats, and without flags, names of groups or references back.',
    exitCode: 2,
  },
  OL1436: {
    message: 'The layer {module} cannot be both adapted and saved whole: target modules and modules to save name it',
    hint: 'Name it in one of them only.',
    exitCode: 2,
  },
  OL1440: {
    message: '{path}, line {line}: {field} is no setting of training',
    hint: '{suggestion}`openledger train --help` lists the settings.',
    exitCode: 2,
  },
  OL1441: {
    message: '{path}, line {line}: {field} contradicts {other} of line {otherLine}; both set {setting}',
    hint: 'Keep one of the two.',
    exitCode: 2,
  },
  OL1442: {
    message: '{path} has no settings: {reason}',
    hint: 'Write YAML or JSON of fields named as the flags of `openledger train`, such as `rank: 8`.',
    exitCode: 2,
  },
  OL1443: {
    message: '{path}, line {line}: {field} cannot be taken: {reason}',
    hint: 'Correct the field or remove it; nothing that a settings file says is read over.',
    exitCode: 2,
  },
  OL1444: {
    message: '{path} cannot be used, for {count} reasons:{problems}',
    hint: 'Correct each field or remove it; `openledger train --help` lists the settings.',
    exitCode: 2,
  },
  OL1445: {
    message: '{path}, line {line}: {field} is {value}: {reason}',
    hint: 'Change one of the two settings.',
    exitCode: 2,
  },
  OL1460: {
    message: 'The checkpoint {path} cannot be continued: {reason}',
    hint: 'Give the settings and the text it was started with, another --output, or remove the checkpoint.',
  },
  OL1461: {
    message: 'Training from scratch diverged at step {step}: the loss is {loss}',
    hint: 'Lower the learning rates. The last checkpoint is from before; no model was written.',
  },
} as const satisfies ErrorTable
