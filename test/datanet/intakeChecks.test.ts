import { describe, expect, test } from '@jest/globals'
import { addContribution } from '../../src/datanet/intake/addContribution.js'
import { intakeChecks } from '../../src/datanet/intake/intakeChecks.js'
import type { DatanetStore } from '../../src/datanet/store/DatanetStore.js'
import { accountOf, contributionOf, errorOf, forEachDatanet } from './fixtures.js'

/** For each check a record that fails it, and one that is as near to that as a good record can be. */
const cases: Readonly<Record<string, { fails: Record<string, unknown>; passes: Record<string, unknown> }>> = {
  'lost-characters': {
    fails: { text: 'The caf\u{FFFD} on the quay closes at six.' },
    passes: { text: 'The café on the quay closes at six; its sign reads \u{FFFC}.' },
  },
}

let store: DatanetStore
forEachDatanet((made) => {
  ;({ store } = made)
})

describe('the checks of new records', () => {
  test('have a case each', () => {
    expect(Object.keys(cases).sort()).toEqual(intakeChecks.map(({ name }) => name).sort())
  })

  test.each(Object.entries(cases))(
    '%s refuses a bad record, and nothing of its file is stored',
    async (name, { fails }) => {
      const good = { text: 'Red sky at night is the sailor’s delight.' }
      const error = await errorOf(() =>
        addContribution(store, contributionOf([good, fails]), { account: accountOf(4) }),
      )
      expect(error).toMatchObject({ code: 'OL1104', details: { line: 2, check: name } })
      expect(store.records()).toEqual([])
    },
  )

  test.each(Object.entries(cases))('%s lets a good record pass', async (_, { passes }) => {
    const { added } = await addContribution(store, contributionOf([passes]), { account: accountOf(4) })
    expect(added).toHaveLength(1)
  })
})
