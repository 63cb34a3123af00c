// Checks that imports between the rooms of src/ go one way, those between the sub-rooms of a room too, and that each heavy
// package stays in its rooms:
//   node scripts/imports.js [source folder]
import { fileURLToPath } from 'node:url'
import { floorOf, roomOf, sourceFiles, sourceImports } from './sourceImports.js'

/** Every room and the rooms that it may import; each names only rooms above it, so that no circle can be written down. */
const rooms = {
  version: [],
  errors: [],
  files: ['errors'],
  text: [],
  terminal: ['errors', 'files'],
  merkle: ['errors', 'files'],
  config: ['errors', 'files'],
  records: ['errors', 'files', 'text', 'config'],
  onnx: ['errors', 'files'],
  models: ['errors', 'files', 'records', 'config', 'onnx'],
  lora: ['version', 'errors', 'files', 'records', 'text', 'config', 'onnx', 'models'],
  pretraining: ['errors', 'files', 'onnx', 'models', 'lora'],
  attribution: ['errors', 'files', 'records', 'text', 'config', 'onnx', 'models', 'lora'],
  chain: ['errors', 'files', 'merkle', 'config'],
  wallet: ['errors', 'files', 'config', 'chain'],
  datanet: ['errors', 'files', 'records', 'text', 'merkle', 'config', 'chain'],
  devnet: ['errors', 'files', 'config', 'chain'],
  rewards: ['errors', 'files', 'merkle', 'config', 'chain'],
  workflows: [
    'errors',
    'files',
    'records',
    'config',
    'models',
    'lora',
    'attribution',
    'chain',
    'wallet',
    'datanet',
    'devnet',
    'rewards',
  ],
  doctor: ['errors', 'files', 'terminal', 'config', 'onnx', 'models', 'devnet'],
}
const work = Object.keys(rooms).filter((room) => room !== 'terminal' && room !== 'doctor')
/** The library's public face, an entry for each subpath, has no terminal; the command line has everything. */
Object.assign(rooms, {
  commands: Object.keys(rooms),
  cli: [...Object.keys(rooms), 'commands'],
  entries: work,
  index: [...work, 'entries'],
})

/**
 * Sub-rooms of a room: each may import those before it. `.` means the files at the top of the room; in `actions`, which has
 * sub-rooms of its own, these are equals.
 */
const floors = {
  onnx: ['graph', 'format', 'passes', 'runtime'],
  models: ['.', 'layers', 'architectures', 'weights', 'chat', 'hub', 'base', 'data', 'adapter', 'run'],
  lora: ['settings', 'optimizers', 'step', 'plan', 'report', 'run'],
  attribution: ['gradients', 'index', 'linear', 'scorers', 'ask', 'spans', 'shares', 'report', 'evaluate', '.'],
  chain: ['contracts', 'values', 'client', 'governance', 'actions'],
  datanet: ['store', 'intake', 'review', 'versions', 'workspace'],
  devnet: ['optimism', 'node', 'state', 'bridge', 'l2Rpc', 'setup', 'keeper'],
  workflows: ['network', 'datanets', 'models', 'inference', 'epochs', 'stake', 'governance', 'quickstart'],
}

/** A package named here may be imported only by these rooms; any other by all. */
const packages = {
  'better-sqlite3': ['datanet', 'doctor'],
  commander: ['cli'],
  cosmiconfig: ['config'],
  execa: ['wallet'],
  'csv-parse': ['records'],
  hyparquet: ['records'],
  'hyparquet-compressors': ['records'],
  ink: ['terminal'],
  'onnxruntime-node': ['onnx', 'doctor'],
  ora: ['terminal'],
  picocolors: ['terminal'],
  react: ['terminal'],
  ox: ['wallet'],
  viem: ['chain', 'wallet', 'datanet', 'devnet', 'rewards', 'workflows'],
}

const root = process.argv[2] ?? fileURLToPath(new URL('../src', import.meta.url))

/** Why a file of a room may not import another file of that room. */
function refusalWithin(room, file, target) {
  const order = floors[room]
  if (order === undefined) return undefined
  const [from, to] = [floorOf(file), floorOf(target)]
  const unknown = [from, to].find((floor) => !order.includes(floor))
  if (unknown !== undefined) return `the sub-room ${unknown} of ${room} is not in the table of scripts/imports.js`
  return order.indexOf(to) <= order.indexOf(from) ? undefined : `${room}/${from} may not import ${room}/${to}`
}

function refusal({ file, target, path }) {
  const room = roomOf(file)
  if (!(room in rooms)) return `the room ${room} is not in the table of scripts/imports.js`
  if (path !== undefined) {
    const other = roomOf(path)
    if (other === room) return refusalWithin(room, file, path)
    return rooms[room].includes(other) ? undefined : `${room} may not import ${other}`
  }
  const name = target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
  return packages[name]?.includes(room) === false ? `${room} may not import the package ${name}` : undefined
}

let wrong = 0
for (const each of sourceImports(root)) {
  const reason = refusal(each)
  if (reason === undefined) continue
  wrong++
  console.error(`src/${each.file}:${each.line}: ${reason}`)
}
console.log(`${sourceFiles(root).length} files, ${wrong} wrong imports`)
process.exitCode = wrong === 0 ? 0 : 1
