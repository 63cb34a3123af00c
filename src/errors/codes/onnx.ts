import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const onnxRange: ErrorRange = { title: 'Tensor programs and devices', codes: [[1200, 1299]] }

export const onnxErrors = {
  OL1200: {
    message: '{op} cannot take {shapes}: {reason}',
    hint: 'Correct the shapes where the program is built; the stack trace (--verbose) names the place.',
  },
  OL1201: {
    message: '{op} has no gradient rule',
    hint: 'Add a rule to src/onnx/graph/gradientRules.ts, or take {op} off the path from the loss to the trained tensors.',
  },
  OL1202: {
    message: 'The device {device} cannot run here: {reason}',
    hint: 'Use --device cpu, or --device auto to take the best device that works.',
    exitCode: 2,
  },
  OL1203: {
    message: 'The program has no input {name}, or was given {given} where it wants {wanted}',
    hint: 'Feed every input with the declared element type and size.',
  },
  OL1204: {
    message: 'ONNX Runtime refused the program: {reason}',
    hint: 'This is a defect of openledger: please report it with the command you ran.',
  },
  OL1205: {
    message: '{path} has become shorter while its weights were in use',
    hint: 'Restore the file, and start again: nothing of the run so far is lost that was reported kept.',
  },
  OL1230: {
    message: 'The device {device} has no int8 products',
    hint: 'Leave out --compute int8, or use --device cpu.',
    exitCode: 2,
  },
} as const satisfies ErrorTable
