import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const onnxRange: ErrorRange = { title: 'Tensor programs and devices', codes: [[1200, 1299]] }

export const onnxErrors = {
  OL1200: {
    message: '{op} cannot take {shapes}: {reason}',
    hint: 'Correct the shapes in the code that builds the program; the stack trace (--verbose) shows it.',
  },
  OL1201: {
    message: '{op} has no gradient rule',
    hint: 'Add a rule to src/onnx/graph/gradientRules.ts, or remove {op} from the path from the loss to the trained tensors.',
  },
  OL1202: {
    message: 'The device {device} cannot run here: {reason}',
    hint: 'Use --device cpu, or --device auto to take the best device that works.',
    exitCode: 2,
  },
  OL1203: {
    message: 'The program has no input {name}, or got {given} where it requires {wanted}',
    hint: 'Give every input with the declared element type and size.',
  },
  OL1204: {
    message: 'ONNX Runtime refused the program: {reason}',
    hint: 'Report this defect of openledger with the command that you ran.',
  },
  OL1205: {
    message: '{path} has become shorter while its weights were in use',
    hint: 'Restore the file and start again. Steps that were reported as saved are not lost.',
  },
  OL1230: {
    message: 'The device {device} has no int8 products',
    hint: 'Leave out --compute int8, or use --device cpu.',
    exitCode: 2,
  },
} as const satisfies ErrorTable
