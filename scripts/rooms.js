// Draws the rooms of src/ and the imports between them into docs/architecture.md:
//   node scripts/rooms.js                 writes the drawing where it has changed
//   node scripts/rooms.js --check         writes nothing, exits 1 when the page is out of date or names a file that is gone
//   node scripts/rooms.js --print <src>   prints the drawing of another checkout's src/
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { floorOf, roomOf, sourceFiles, sourceImports } from './sourceImports.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = join(root, 'docs/architecture.md')

/** Wings of the house, from the roof to the ground. A room that is in none is drawn by itself. */
const wings = {
  Face: ['cli', 'commands', 'index'],
  Join: ['workflows', 'doctor'],
  Learn: ['attribution', 'pretraining', 'lora', 'models', 'onnx'],
  Community: ['datanet'],
  Chain: ['devnet', 'rewards', 'wallet', 'chain', 'merkle'],
  Ground: ['records', 'text', 'config', 'terminal', 'files', 'errors', 'version'],
}

/** @typedef {Map<string, Map<string, number>>} Arrows from a room to each that it imports, and by how many import lines */

/** @returns {{ files: Map<string, string[]>, arrows: Arrows, inside: Map<string, Arrows> }} */
function measure(source) {
  const files = new Map()
  for (const file of sourceFiles(source)) files.set(roomOf(file), [...(files.get(roomOf(file)) ?? []), file])
  const arrows = new Map()
  const inside = new Map()
  const add = (into, from, to) => {
    const row = into.get(from) ?? into.set(from, new Map()).get(from)
    row.set(to, (row.get(to) ?? 0) + 1)
  }
  for (const { file, path } of sourceImports(source)) {
    if (path === undefined) continue
    const [from, to] = [roomOf(file), roomOf(path)]
    if (from !== to) add(arrows, from, to)
    else if (floorOf(file) !== floorOf(path)) {
      if (!inside.has(from)) inside.set(from, new Map())
      add(inside.get(from), floorOf(file), floorOf(path))
    }
  }
  return { files, arrows, inside }
}

/** Whether rooms lead from one to another, other than by the arrow itself. */
function isImplied(arrows, from, to) {
  const seen = new Set([from])
  const ahead = [...(arrows.get(from)?.keys() ?? [])].filter((room) => room !== to)
  for (let room = ahead.pop(); room !== undefined; room = ahead.pop()) {
    if (room === to) return true
    if (seen.has(room)) continue
    seen.add(room)
    ahead.push(...(arrows.get(room)?.keys() ?? []))
  }
  return false
}

/** The arrows of a drawing without those that others imply; all of them would hide the picture. */
const drawn = (arrows) =>
  [...arrows].flatMap(([from, row]) =>
    [...row.keys()].filter((to) => !isImplied(arrows, from, to)).map((to) => [from, to]),
  )

function draw(source) {
  const { files, arrows, inside } = measure(source)
  const count = [...arrows.values()].reduce((sum, row) => sum + row.size, 0)
  const subgraphs = Object.entries(wings).map(([wing, members]) =>
    [
      `  subgraph ${wing}`,
      ...members.filter((room) => files.has(room)).map((room) => `    ${room}["${room} (${files.get(room)?.length})"]`),
      '  end',
    ].join('\n'),
  )
  const order = (room) => Object.values(wings).flat().indexOf(room)
  const edges = drawn(arrows)
    .toSorted(([a, b], [c, d]) => order(a) - order(c) || order(b) - order(d))
    .map(([from, to]) => `  ${from} --> ${to}`)
  const within = [...inside]
    .toSorted(([one], [other]) => order(one) - order(other))
    .map(([room, row]) => `| \`${room}\` | ${chains(drawn(row))} |`)
  return [
    `${files.size} rooms, ${count} arrows between them. An arrow that others imply is left out.`,
    ['```mermaid', 'flowchart TB', ...subgraphs, ...edges, '```'].join('\n'),
    ...(within.length === 0
      ? []
      : [['| room | imports between its sub-rooms |', '| --- | --- |', ...within].join('\n')]),
  ].join('\n\n')
}

/** `run → plan, step; plan → step` */
const chains = (edges) => {
  const to = grouped(edges)
  return [...to].map(([from, row]) => `${from} → ${row.map(([, each]) => each).join(', ')}`).join('; ')
}

function grouped(edges) {
  const groups = new Map()
  for (const edge of edges) groups.set(edge[0], [...(groups.get(edge[0]) ?? []), edge])
  return groups
}

const [flag, other] = process.argv.slice(2)
if (flag === '--print') console.log(draw(other))
else {
  const text = readFileSync(page, 'utf8')
  const marks = [
    '<!-- The drawing is written by scripts/rooms.js: npm run rooms. -->\n',
    '\n<!-- End of the drawing. -->',
  ]
  const [start, end] = [text.indexOf(marks[0]) + marks[0].length, text.indexOf(marks[1])]
  const now = `${text.slice(0, start)}\n${draw(join(root, 'src'))}\n${text.slice(end)}`
  const gone = [...text.matchAll(/`((?:src|scripts|contracts|test|bench)\/[\w./-]+)`/g)]
    .map(([, path]) => path)
    .filter((path) => !existsSync(join(root, path)))
  for (const path of gone) console.error(`docs/architecture.md names ${path}, which is not there`)
  if (flag === '--check' && now !== text) console.error('docs/architecture.md is out of date: run `npm run rooms`')
  if (flag !== '--check') writeFileSync(page, now)
  process.exitCode = gone.length > 0 || (flag === '--check' && now !== text) ? 1 : 0
}
