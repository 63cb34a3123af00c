// How well attribution finds the right contributor on the seamanship template: node bench/attribution.js [seed]
// Trains with the quickstart's settings, then scores the 28 held-out items and questions, each with the given answer and with
// the model's own, by every scorer, with the gradient of the loss and of the margin. The reference is BM25 in the same run.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sequenceGradients } from '../dist/attribution/gradients/sequenceGradients.js'
import { openTrained } from '../dist/attribution/index/openTrained.js'
import { scorers } from '../dist/attribution/scorers/scorers.js'
import { defaultMinimumShare } from '../dist/attribution/shares/defaults.js'
import { recordOriginals } from '../dist/attribution/shares/recordOriginals.js'
import { attributionShares } from '../dist/attribution/shares/shares.js'
import { bm25 } from '../dist/attribution/spans/bm25.js'
import { devAccount } from '../dist/chain/client/devMnemonic.js'
import { workspacePaths } from '../dist/config/workspacePaths.js'
import { openDatanet } from '../dist/datanet/store/openDatanet.js'
import { createVersion } from '../dist/datanet/versions/createVersion.js'
import { scaffoldWorkspace } from '../dist/datanet/workspace/scaffoldWorkspace.js'
import { bundledBase } from '../dist/models/base/bundledBase.js'
import { encodePrompt, encodeRecord } from '../dist/models/data/example.js'
import { Generator } from '../dist/models/run/generate.js'
import { recordTexts } from '../dist/records/recordTexts.js'
import { trainOnDatanet } from '../dist/workflows/models/trainOnDatanet.js'
import { quickstartSettings } from '../dist/workflows/quickstart/quickstart.js'

const seed = Number(process.argv[2] ?? 0)
const directory = join(await mkdtemp(join(tmpdir(), 'openledger-bench-')), 'workspace')
try {
  const { contributors } = await scaffoldWorkspace({ template: 'seamanship', directory, accountOf: devAccount })
  const store = openDatanet(directory)
  createVersion(store)
  store.close()
  const paths = workspacePaths(directory)
  const settings = { ...quickstartSettings, seed }
  const { output, manifest } = await trainOnDatanet({ paths, base: bundledBase, settings })
  if (manifest.evalLoss === null) throw new Error('no record was held out')
  console.log(
    `seed ${seed}, held-out loss ${manifest.evalLoss.before.toFixed(3)} -> ${manifest.evalLoss.after.toFixed(3)}`,
  )

  const trained = await openTrained({ adapter: output })
  const { base, adapter, records } = trained
  const lines = async (path) =>
    (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  const items = [
    ...(await lines(paths.questions)).map(({ prompt, completion, expects }) => ({ prompt, completion, expects })),
    ...(await lines(paths.heldOut)).map(({ prompt, completion, contributor }) => ({
      prompt,
      completion,
      expects: contributor,
    })),
  ]
  const generator = new Generator(base, adapter)
  const own = []
  for (const { prompt, expects } of items) {
    const { ids } = await generator.generate(encodePrompt(base, prompt), {
      maximumTokens: 48,
      stopTokens: base.config.endTokens,
    })
    own.push({ prompt, expects, completion: base.tokenizer.decode(ids).trim() || '.' })
  }
  await generator.dispose()

  const contributorNames = new Map(contributors.map(({ address, name }) => [String(address), name]))
  const texts = records.map(({ record }) => recordTexts(record.content).join(' '))
  const sources = {
    originals: recordOriginals(records.map(({ record }) => record)),
    contributors: records.map(({ record }) => contributorNames.get(record.contributor ?? '') ?? ''),
  }
  const gradientsOf = async (examples, measure) =>
    (await sequenceGradients(base, adapter.layout, adapter.values, examples, { measure })).gradients
  const train = await gradientsOf(
    records.map(({ example }) => example),
    'loss',
  )
  const lexical = bm25(texts)

  const report = (label, asked, rowOf) => {
    let right = 0
    let specialist = 0
    let filler = 0
    for (const [i, { expects }] of asked.entries()) {
      const shares = attributionShares({ ...sources, scores: rowOf(i), minimumShare: defaultMinimumShare })
      const paid = shares.outcome === 'attributed' ? shares.contributors : []
      const of = (name) => paid.find(({ contributor }) => contributor === name)?.share ?? 0
      if (paid[0]?.contributor === expects) right++
      specialist += of(expects) / asked.length
      filler += of('zed') / asked.length
    }
    const percent = (share) => `${(100 * share).toFixed(1)} %`.padStart(7)
    console.log(
      `${label.padEnd(32)} ${right}/${asked.length}  specialist ${percent(specialist)}  filler ${percent(filler)}`,
    )
  }
  for (const [kind, asked] of Object.entries({ 'given answers': items, "the model's answers": own })) {
    console.log(`\n${kind}`)
    report('bm25', asked, (i) => lexical(`${asked[i].prompt} ${asked[i].completion}`))
    const examples = asked.map(({ prompt, completion }) => encodeRecord(base, { prompt, completion }))
    for (const measure of ['loss', 'margin']) {
      const queries = await gradientsOf(examples, measure)
      for (const [name, scorer] of Object.entries(scorers)) {
        if (name === 'trak') continue // It requires the probability of every record's own answer as well
        const { data, columns } = scorer.score(train, queries, {})
        report(`${name}, gradient of the ${measure}`, asked, (i) => data.subarray(i * columns, (i + 1) * columns))
      }
    }
  }
} finally {
  await rm(join(directory, '..'), { recursive: true })
}
