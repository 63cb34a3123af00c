import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const loraRange: ErrorRange = { title: 'Training and adapters', codes: [[1400, 1499]] }

export const loraErrors = {
  OL1400: {
    message: 'The setting {setting} is {value}: {reason}',
    hint: 'Correct --{setting}, or leave it out to use the default.',
    exitCode: 2,
  },
  OL1401: {
    message: 'None of the {records} records of {path} has a token to learn from within {limit} tokens',
    hint: 'Raise --max-length, or shorten the prompts: tokens beyond the limit are cut off.',
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
    message: 'Another process is training into {path}: {holder}',
    hint: 'Wait for it, or give --output another folder.',
  },
  OL1406: {
    message: 'There is no adapter in {path}',
    hint: 'Train one with `openledger train`, or name one with --adapter.',
  },
  OL1407: {
    message: 'The held-out loss did not fall: {before} before, {after} after',
    hint: 'Report this with your platform: the quickstart should learn its own Datanet.',
    exitCode: 6,
  },
  OL1408: {
    message: 'The loss of the base model itself is {loss}',
    hint: 'Download or export the base model again: some of its weights are NaN, infinite or far too large.',
  },
  OL1420: {
    message: 'A training into {path} was interrupted at step {step}',
    hint: 'Continue with --resume, or start again with --yes, which discards those steps.',
  },
  OL1421: {
    message: 'The {what} {path} has changed since the checkpoint: its hash is {found}, the checkpoint says {wanted}',
    hint: 'Restore it, or start again without --resume: the steps before and after would belong to different trainings.',
    exitCode: 6,
  },
  OL1422: {
    message: 'The settings are not those of the checkpoint {path}: {changes}',
    hint: 'Give the same settings as before, or start again without --resume.',
    exitCode: 6,
  },
  OL1423: {
    message: 'The checkpoint {path} cannot be used: {reason}',
    hint: 'Remove that folder: --resume then continues from the previous checkpoint or from the beginning.',
  },
  OL1424: {
    message: '--{setting} needs records for evaluation, and none are held out',
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
    hint: 'Name the base model of the adapter with --base, or add --force to use the adapter on this one anyway.',
    exitCode: 6,
  },
  OL1427: {
    message: 'The adapter {path} cannot be trained on with these settings: {changes}',
    hint: 'Leave these settings out: the adapter has its own.',
    exitCode: 2,
  },
  OL1428: {
    message: 'Interrupted by {signal}; {step} steps are saved in {path}',
    hint: 'Run the same command with --resume, which continues from there to the same adapter.',
    exitCode: 130,
  },
  OL1429: {
    message: '{count} settings cannot be used: {problems}',
    hint: 'Correct each of them, or leave it out to use the default.',
    exitCode: 2,
  },
  OL1435: {
    message: 'The regular expression {pattern} is malformed, or means something else in Python, where PEFT reads it',
    hint: 'Write it with plain groups, classes and repeats, without flags, group names or back-references.',
    exitCode: 2,
  },
  OL1436: {
    message: 'The layer {module} cannot be both adapted and saved whole: target modules and modules to save name it',
    hint: 'Name it in one of them only.',
    exitCode: 2,
  },
  OL1440: {
    message: '{path}, line {line}: {field} is not a setting of training',
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
    hint: 'Write YAML or JSON with fields named like the flags of `openledger train`, such as `rank: 8`.',
    exitCode: 2,
  },
  OL1443: {
    message: '{path}, line {line}: {field} cannot be used: {reason}',
    hint: 'Correct or remove the field: openledger ignores no field of a settings file.',
    exitCode: 2,
  },
  OL1444: {
    message: '{path} cannot be used, for {count} reasons:{problems}',
    hint: 'Correct or remove each field; `openledger train --help` lists the settings.',
    exitCode: 2,
  },
  OL1445: {
    message: '{path}, line {line}: {field} is {value}: {reason}',
    hint: 'Change one of the two settings.',
    exitCode: 2,
  },
  OL1460: {
    message: 'The checkpoint {path} cannot be continued: {reason}',
    hint: 'Give the settings and the text of its start, give another --output, or remove the checkpoint.',
  },
  OL1461: {
    message: 'Training from scratch diverged at step {step}: the loss is {loss}',
    hint: 'Lower the learning rates. The last checkpoint is older than this step; no model was written.',
  },
} as const satisfies ErrorTable
