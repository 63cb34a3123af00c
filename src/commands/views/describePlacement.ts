import type { RunDevice } from '../../onnx/graph/RunDevice.js'
import type { Placement } from '../../onnx/runtime/placement.js'

/** One line: how much of a program its device computes, and which operators the CPU does for it. */
export function describePlacement({ operators, onCpu }: Placement, device: RunDevice): string {
  const fallen = onCpu.reduce((sum, { count }) => sum + count, 0)
  const list = onCpu.map(({ op, count }) => (count > 1 ? `${op} ×${count}` : op)).join(', ')
  return `${operators - fallen} of ${operators} operators run on ${device}${fallen > 0 ? `, on the cpu: ${list}` : ''}`
}
