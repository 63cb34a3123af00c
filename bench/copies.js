// How well copies are found: of planted copies which part is (recall), and which part of what is found was planted (precision).
//   npm run build && node bench/copies.js [records.jsonl …]      without a file: the records of templates/seamanship
//   node bench/copies.js --speed 100000 [records.jsonl …]        how long so many records of 30 words take
// Every record is copied in every way below. Beside it stands Jaccard similarity of word 5-grams, 0.8 and more: what MinHash-LSH
// (datasketch, text-dedup) estimates, here computed in full, so that it is the best that these can do.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { passagesOf } from '../dist/records/recordTexts.js'
import { readTrainingRecords } from '../dist/records/trainingRecord.js'
import { CopyFinder } from '../dist/text/CopyFinder.js'

const { values, positionals } = parseArgs({ options: { speed: { type: 'string' } }, allowPositionals: true })
const template = fileURLToPath(new URL('../templates/seamanship/records', import.meta.url))
const sources =
  positionals.length > 0
    ? positionals.map((path) => [path])
    : [readdirSync(template).map((name) => join(template, name))]

let state = 1
/** xorshift32: the same copies in every run. */
function random() {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) / 2 ** 32
}
const below = (limit) => Math.floor(random() * limit)

/** Changes words of a record, given as one list over its passages. */
const editWords = (edit) => (passages) => {
  const words = passages.flatMap(({ text, learned }) =>
    text
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => ({ word, learned })),
  )
  const edited = edit(words)
  return [false, true]
    .map((learned) => ({
      learned,
      text: edited
        .filter((each) => each.learned === learned)
        .map(({ word }) => word)
        .join(' '),
    }))
    .filter(({ text }) => text !== '')
}
const changed = (count) =>
  editWords((words) => {
    const places = new Set()
    while (places.size < Math.min(words.length, Math.max(1, Math.round(count(words.length)))))
      places.add(below(words.length))
    return words.map((each, i) => (places.has(i) ? { ...each, word: `other${below(1e6)}` } : each))
  })
const inserted = (count) =>
  editWords((words) => {
    const longer = [...words]
    for (let i = 0; i < count; i++) {
      const at = below(longer.length)
      longer.splice(at, 0, { ...longer[at], word: `more${below(1e6)}` })
    }
    return longer
  })
const padded = (part) =>
  editWords((words) => {
    const padding = Array.from({ length: Math.round(part * words.length) }, () => ({
      learned: true,
      word: `pad${below(1e6)}`,
    }))
    return [...words, ...padding]
  })
const mapText = (change) => (passages) => passages.map((passage) => ({ ...passage, text: change(passage.text) }))
const exchange = (pairs) => mapText((text) => text.replace(/./gsu, (letter) => pairs[letter] ?? letter))

const edits = {
  'one word changed': changed(() => 1),
  'two words changed': changed(() => 2),
  '1 % of words changed': changed((length) => 0.01 * length),
  '3 % of words changed': changed((length) => 0.03 * length),
  '5 % of words changed': changed((length) => 0.05 * length),
  'two words inserted': inserted(2),
  'look-alike letters': exchange({ a: 'а', e: 'е', o: 'ο', p: 'р', c: 'с', i: 'і', B: 'В', H: 'Η', N: 'Ν' }),
  'capital I for l': exchange({ l: 'I' }),
  'zero width': mapText((text) => text.replace(/(\p{L})(\p{L})/gu, '$1\u200b$2')),
  'combining marks': mapText((text) => text.replace(/[aeiou]/g, '$&\u0301')),
  case: mapText((text) => text.toUpperCase()),
  punctuation: mapText((text) => text.replace(/[.,:;!?]/g, '').replace(/ (?=\p{L})/gu, ' - ')),
  'padded by a quarter': padded(0.25),
  'padded by 90 %': padded(0.9),
  'cut to 70 %': editWords((words) => words.slice(0, Math.ceil(0.7 * words.length))),
  'second half only': editWords((words) => words.slice(Math.floor(words.length / 2))),
  'sentences turned around': mapText((text) =>
    text
      .split(/(?<=[.!?])\s+/)
      .reverse()
      .join(' '),
  ),
}

function fiveGrams(passages) {
  const words = passages
    .map(({ text }) => text.normalize('NFKC').toLowerCase())
    .join(' ')
    .match(/[\p{L}\p{N}]+/gu)
  const grams = new Set()
  for (let i = 0; i < Math.max(1, (words?.length ?? 0) - 4); i++) grams.add((words ?? []).slice(i, i + 5).join(' '))
  return grams
}
function jaccard(a, b) {
  let shared = 0
  for (const gram of a) if (b.has(gram)) shared++
  return shared / (a.size + b.size - shared)
}

/** The originals among the records, found as a payment does, and how many of the others are called copies. */
function index(records) {
  const finder = new CopyFinder()
  const sketches = records.map((passages) => finder.sketch(passages))
  for (const sketch of sketches) finder.count(sketch)
  const grams = records.map(fiveGrams)
  const holders = new Map()
  let [called, calledByJaccard] = [0, 0]
  const originals = []
  for (const [i, sketch] of sketches.entries()) {
    if (finder.find(sketch)) called++
    else {
      finder.add(sketch)
      originals.push(i)
    }
    if (nearest(grams[i], holders, grams) >= 0.8) calledByJaccard++
    for (const gram of grams[i]) holders.set(gram, [...(holders.get(gram) ?? []), i])
  }
  return { finder, originals, holders, grams, called, calledByJaccard }
}
function nearest(own, holders, grams) {
  const others = new Set([...own].flatMap((gram) => holders.get(gram) ?? []))
  return Math.max(0, ...[...others].map((other) => jaccard(own, grams[other])))
}

async function quality(paths) {
  const records = (await readTrainingRecords(paths)).records.map(({ content }) => passagesOf(content))
  const { finder, originals, holders, grams, called, calledByJaccard } = index(records)
  console.log(`\n${paths.length > 1 ? 'templates/seamanship' : paths[0]}: ${records.length} records`)
  let [planted, found, foundByJaccard] = [0, 0, 0]
  const rows = {}
  for (const [name, edit] of Object.entries(edits)) {
    const copies = originals.map((i) => edit(records[i])).filter((copy) => copy.some(({ text }) => text.trim() !== ''))
    const ours = copies.filter((copy) => finder.find(finder.sketch(copy))).length
    const theirs = copies.filter((copy) => nearest(fiveGrams(copy), holders, grams) >= 0.8).length
    rows[name] = {
      copies: copies.length,
      found: (ours / copies.length).toFixed(3),
      jaccard: (theirs / copies.length).toFixed(3),
    }
    planted += copies.length
    found += ours
    foundByJaccard += theirs
  }
  const precision = (right, wrong) => (right / (right + wrong)).toFixed(4)
  rows.all = { copies: planted, found: (found / planted).toFixed(4), jaccard: (foundByJaccard / planted).toFixed(4) }
  rows['records called copies'] = { copies: records.length, found: called, jaccard: calledByJaccard }
  rows.precision = { copies: '', found: precision(found, called), jaccard: precision(foundByJaccard, calledByJaccard) }
  console.table(rows)
}

/** Records of 30 words that follow each other as in the given text, one in twenty a copy with one word changed. */
async function speed(paths, count) {
  const texts = (await readTrainingRecords(paths.flat())).records.map(({ content }) => passagesOf(content))
  const words = texts.flat().flatMap(({ text }) => text.split(/\s+/))
  const next = new Map()
  for (let i = 0; i + 1 < words.length; i++) next.set(words[i], [...(next.get(words[i]) ?? []), words[i + 1]])
  const records = Array.from({ length: count }, () => {
    const record = [words[below(words.length)]]
    while (record.length < 30) {
      const follow = next.get(record.at(-1)) ?? words
      record.push(follow[below(follow.length)])
    }
    return record
  })
  const copies = Math.floor(count / 20)
  for (let i = 1; i <= copies; i++) records[count - i] = records[below(count - copies)].with(below(30), `other${i}`)
  const passages = records.map((record) => [
    { text: record.slice(0, 12).join(' '), learned: false },
    { text: record.slice(12).join(' '), learned: true },
  ])
  const start = performance.now()
  const finder = new CopyFinder()
  const sketches = passages.map((each) => finder.sketch(each))
  for (const sketch of sketches) finder.count(sketch)
  let found = 0
  for (const sketch of sketches) {
    if (finder.find(sketch)) found++
    else finder.add(sketch)
  }
  const seconds = (performance.now() - start) / 1000
  const megabytes = process.memoryUsage().rss / 1e6
  console.log(
    `${count} records, ${copies} copies planted: ${found} found in ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB of memory`,
  )
}

if (values.speed !== undefined) await speed(sources, Number(values.speed))
else for (const paths of sources) await quality(paths)
