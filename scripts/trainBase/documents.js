// The text that base-model/ is trained on: seven openly licensed sources, whose licences base-model/README.md lists.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { pythonShuffle } from './pythonShuffle.js'

const turn = (question, answer) => `<|user|>${question.trim()}<|assistant|>${answer.trim()}`
const parseLines = (text) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line))

/** Rows of a CSV file (RFC 4180) as objects by the names of its first row. */
function parseCsv(text) {
  /** @type {string[][]} */
  const rows = [[]]
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows[rows.length - 1].push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '') break
    if (end !== ',') rows.push([])
  }
  const [names, ...data] = rows.filter((row) => row.length > 1)
  return data.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))
}

const sources = {
  'gsm8k/train.jsonl': (text) => parseLines(text).map(({ question, answer }) => turn(question, answer)),
  // Objects order keys that are numbers by size; the file's order is kept by making them other keys.
  'pubmedqa/ori_pqal.json': (text) =>
    Object.values(JSON.parse(text.replaceAll(/"(\d+)":/g, '"id $1":'))).flatMap((row) => [
      ...row.CONTEXTS,
      turn(row.QUESTION, row.LONG_ANSWER),
      turn(`${row.QUESTION} Answer yes, no or maybe.`, row.final_decision),
    ]),
  'legalbench/legalbench_selected.jsonl': (text) =>
    parseLines(text).map((row) => turn(`${row.task.replaceAll('_', ' ')}: ${row.text}`, String(row.answer))),
  'humaneval/HumanEval.jsonl.gz': (text) => parseLines(text).map((row) => row.prompt + row.canonical_solution),
  'truthfulqa/TruthfulQA.csv': (text) =>
    parseCsv(text).flatMap((row) =>
      [row['Best Answer'], ...row['Correct Answers'].split(';').slice(0, 3)].map((answer) =>
        turn(row.Question, answer),
      ),
    ),
  'self_instruct/seed_tasks.jsonl': (text) =>
    parseLines(text).flatMap(({ instruction, instances }) =>
      instances.slice(0, 3).map(({ input, output }) => turn(`${instruction}\n${input}`, output)),
    ),
  'tinyshakespeare/input.txt': (text) => {
    const speeches = text.split('\n\n')
    const count = Math.ceil(speeches.length / 8)
    return Array.from({ length: count }, (_, i) => speeches.slice(i * 8, i * 8 + 8).join('\n\n'))
  },
}

export const sourceNames = Object.keys(sources)
  .map((path) => path.split('/')[0])
  .sort()

/** The sources that `folder` lacks. */
export const missingSources = (folder) => Object.keys(sources).filter((path) => !existsSync(join(folder, path)))

/** Reads all documents of `folder`, shuffled: one in fifty is held out. */
export function readDocuments(folder) {
  const documents = Object.entries(sources).flatMap(([path, parse]) => {
    const bytes = readFileSync(join(folder, path))
    return parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
  })
  pythonShuffle(documents, 0)
  const count = Math.floor(documents.length / 50)
  return { held: documents.slice(0, count), train: documents.slice(count) }
}
