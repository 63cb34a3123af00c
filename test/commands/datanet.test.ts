import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from '@jest/globals'
import { Place } from './workspace.js'

const place = new Place()
const at = 'bees'
const bees = [
  { prompt: 'What does a smoker do?', completion: 'It calms the bees, so that a hive can be opened.' },
  { text: 'A queen lays up to two thousand eggs on a day in May.' },
]

afterAll(() => place.remove())

describe('datanet', () => {
  test('init refuses a name that no chain takes, and leaves nothing behind', async () => {
    expect(await place.failure('datanet init bees --name Bees')).toMatchObject({ status: 2, code: 'OL1124' })
    expect(existsSync(place.path(at))).toBe(false)
    await place.data('datanet init bees --name bees')
  })

  test('init finishes what a killed one began, and does not rename it', async () => {
    rmSync(place.path(at, 'openledger.config.json'))
    expect(await place.failure('datanet status', at)).toMatchObject({ status: 2, code: 'OL1020' })
    expect(await place.failure('datanet init bees --name wasps')).toMatchObject({ code: 'OL1121' })
    await place.data('datanet init bees --name bees')
    expect(await place.data('datanet status', at)).toMatchObject({ datanet: { name: 'bees' }, next: 'add' })
  })

  test('init keeps a configuration that is there', async () => {
    await place.data('datanet init kept --name kept')
    const config = place.path('kept', 'openledger.config.json')
    const own = { ...JSON.parse(readFileSync(config, 'utf8')), licence: 'CC0-1.0' }
    writeFileSync(config, JSON.stringify(own))
    rmSync(place.path('kept', '.openledger'), { recursive: true })
    await place.data('datanet init kept --name kept')
    expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual(own)
  })

  test.each([
    ['a line that is no JSON', '{"text":"fine"}\n{', 'OL1904', 1],
    ['a line of no shape', '{"text":"fine"}\n{"question":"?"}', 'OL1100', 1],
    ['a contributor that is no address', '{"text":"fine","contributor":"mara"}', 'OL1100', 1],
    ['no lines at all', '', 'OL1103', 1],
  ])('add refuses %s', async (_, text, code, status) => {
    writeFileSync(place.path('bad.jsonl'), text)
    expect(await place.failure('datanet add ../bad.jsonl --contributor mara', at)).toMatchObject({ status, code })
  })

  test('add wants a contributor it knows', async () => {
    place.lines('bees.jsonl', bees)
    expect(await place.failure('datanet add ../bees.jsonl', at)).toMatchObject({
      status: 4,
      code: 'OL1357',
      message: expect.stringContaining('OL1112'),
    })
    expect(await place.failure('datanet add ../bees.jsonl --contributor nobody', at)).toMatchObject({
      status: 2,
      code: 'OL1816',
    })
    expect(await place.failure('datanet add ../none.jsonl --contributor mara', at)).toMatchObject({ code: 'OL1900' })
    // Of all that was refused until here nothing was kept.
    expect(await place.data('datanet status', at)).toMatchObject({ contributors: [], records: { pending: 0 } })
  })

  test('add takes records once, from any contributor', async () => {
    const { added } = await place.data('datanet add ../bees.jsonl --contributor mara', at)
    expect(added).toHaveLength(2)
    for (const name of ['mara', 'tobias'])
      expect(await place.data(`datanet add ../bees.jsonl --contributor ${name}`, at)).toMatchObject({
        added: [],
        duplicates: [{ duplicateOf: added[0] }, { duplicateOf: added[1] }],
      })
  })

  test('review decides by id or on all', async () => {
    const { pending } = await place.data('datanet review', at)
    expect(pending).toHaveLength(2)
    expect(await place.failure('datanet review --approve all --reject all', at)).toMatchObject({
      status: 2,
      code: 'OL1039',
    })
    expect(await place.failure(`datanet review --approve 0x${'1'.repeat(64)}`, at)).toMatchObject({ code: 'OL1130' })
    expect(await place.data(`datanet review --reject ${pending[0].id} --reason dull`, at)).toMatchObject({
      rejected: 1,
    })
    expect(await place.data('datanet review --approve all', at)).toMatchObject({ approved: 1 })
    expect(await place.data('datanet status', at)).toMatchObject({
      records: { approved: 1, rejected: 1 },
      next: 'version',
    })
  })

  test('add keeps what is known of a contributor', async () => {
    await place.data('init net')
    place.lines('more.jsonl', [{ text: 'Swell that arrives before the wind tells of a storm far away.' }])
    const before = (await place.data('datanet status', 'net')).contributors
    await place.data('datanet add ../more.jsonl --contributor tobias', 'net')
    const after = (await place.data('datanet status', 'net')).contributors
    const known = ({ name, speciality }: { name: string; speciality: string }) => ({ name, speciality })
    expect(after.map(known)).toEqual(before.map(known))
    expect(await place.failure('init net')).toMatchObject({ status: 1, code: 'OL1902' })
  })
})
