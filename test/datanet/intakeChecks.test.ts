import { describe, expect, test } from '@jest/globals'
import { addContribution } from '../../src/datanet/intake/addContribution.js'
import { intakeChecks } from '../../src/datanet/intake/intakeChecks.js'
import type { DatanetStore } from '../../src/datanet/store/DatanetStore.js'
import { accountOf, contributionOf, errorOf, forEachDatanet } from './fixtures.js'

type Content = Readonly<Record<string, unknown>>

/** For each check the records that fail it, and good records that are as near to that as they can be. */
const cases: Readonly<Record<string, { fails: readonly Content[]; passes: readonly Content[] }>> = {
  'lost-characters': {
    fails: [{ text: 'The caf\u{FFFD} on the quay closes at six.' }],
    passes: [{ text: 'The café on the quay closes at six; its sign reads \u{FFFC}.' }],
  },
}

let store: DatanetStore
forEachDatanet((made) => {
  ;({ store } = made)
})

const each = (kind: 'fails' | 'passes') =>
  Object.entries(cases).flatMap(([name, { [kind]: contents }]) => contents.map((content) => [name, content] as const))

describe('the checks of new records', () => {
  test('have a case each', () => {
    expect(Object.keys(cases).sort()).toEqual(intakeChecks.map(({ name }) => name).sort())
  })

  test.each(each('fails'))('%s refuses %j, and nothing of its file is stored', async (name, content) => {
    const good = { text: 'Red sky at night is the sailor’s delight.' }
    const error = await errorOf(() =>
      addContribution(store, contributionOf([good, content]), { account: accountOf(4) }),
    )
    expect(error).toMatchObject({ code: 'OL1104', details: { line: 2, check: name } })
    expect(store.records()).toEqual([])
  })

  test.each(each('passes'))('%s lets %j pass', async (_, content) => {
    const { added } = await addContribution(store, contributionOf([content]), { account: accountOf(4) })
    expect(added).toHaveLength(1)
  })
})
