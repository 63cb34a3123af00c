// Run by devices.test.ts: prints what the trials of devices find. A file, since a trial inherits Node's own options.
import { resolveDevice, tryDevice } from '../../src/onnx/runtime/devices.js'

const missing = process.platform === 'linux' ? 'coreml' : 'dml'
const found = {
  cpu: await tryDevice('cpu'),
  missing: await tryDevice(missing),
  auto: await resolveDevice('auto'),
}
process.stdout.write(JSON.stringify(found))
