import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { addContribution, readContribution } from '../../src/datanet/intake/addContribution.js'
import { signRecord } from '../../src/datanet/intake/recordSignature.js'
import { reviewRecords } from '../../src/datanet/review/reviewRecords.js'
import type { DatanetStore, StoredRecord } from '../../src/datanet/store/DatanetStore.js'
import { createDatanet } from '../../src/datanet/store/openDatanet.js'
import { parseRecord } from '../../src/records/parseRecord.js'
import { accountOf, contributionOf, errorOf, forEachDatanet, info, type temporaryFolder } from './fixtures.js'

const mara = accountOf(4)
const tobias = accountOf(5)
const long =
  'Leave a red buoy to port when you enter a harbour of region A from the open sea and keep the green ones on your other side'

let folder: ReturnType<typeof temporaryFolder>
let store: DatanetStore

forEachDatanet((made) => {
  ;({ folder, store } = made)
})

const idOf = (value: Record<string, unknown>) => parseRecord({ line: 1, value }, '').id
const signed = async (account: typeof mara, content: Record<string, unknown>, licence = info.licence) => ({
  ...content,
  contributor: account.address,
  licence,
  signature: await signRecord(account, { datanet: info.identity, recordId: idOf(content), licence }),
})

describe('addContribution', () => {
  test('signs as the account and keeps what it stored', async () => {
    const report = await addContribution(store, contributionOf([{ text: 'one' }, { prompt: 'a', completion: 'b' }]), {
      account: mara,
    })
    expect(report).toEqual({
      added: [idOf({ text: 'one' }), idOf({ prompt: 'a', completion: 'b' })],
      duplicates: [],
      nearDuplicates: [],
      rejected: [],
      contributions: [{ id: 1, contributor: mara.address, count: 2 }],
    })
    expect(store.record(idOf({ text: 'one' }))).toMatchObject({
      content: '{"text":"one"}',
      contributor: mara.address,
      licence: 'CC0-1.0',
      status: 'pending',
      contribution: 1,
    })
  })

  test('takes lines that several contributors signed beforehand', async () => {
    const lines = [await signed(mara, { text: 'one' }), await signed(tobias, { text: 'two' }, 'MIT')]
    const report = await addContribution(store, contributionOf(lines))
    expect(report.contributions.map(({ contributor, count }) => [contributor, count])).toEqual([
      [mara.address, 1],
      [tobias.address, 1],
    ])
    expect(store.record(idOf({ text: 'two' }))?.licence).toBe('MIT')
  })

  test('adds nothing when one of the lines is wrong', async () => {
    const good = await signed(mara, { text: 'one' })
    const forged = { ...(await signed(tobias, { text: 'two' })), contributor: mara.address }
    const moved = { ...(await signed(mara, { text: 'three' })), text: 'four' }
    const cases = [
      [
        { ...good, licence: 'MIT' },
        { code: 'OL1110', details: { line: 2 } },
      ],
      [forged, { code: 'OL1110', details: { line: 2, signer: tobias.address } }],
      [moved, { code: 'OL1110' }],
      [
        { ...good, signature: `0x${'00'.repeat(65)}` },
        { code: 'OL1111', details: { file: 'notes.jsonl', line: 2 } },
      ],
      [{ text: 'x' }, { code: 'OL1112', exitCode: 4, details: { field: 'contributor' } }],
      [
        { text: 'x', contributor: mara.address },
        { code: 'OL1112', details: { field: 'signature' } },
      ],
      [{ text: '' }, { code: 'OL1100' }],
    ] as const
    for (const [line, error] of cases) {
      expect(await errorOf(() => addContribution(store, contributionOf([good, line])))).toMatchObject(error)
      expect(store.records()).toEqual([])
      expect(store.contributors()).toEqual([])
    }
  })

  test('refuses what was signed for another Datanet of the same name, and takes it there', async () => {
    const other = createDatanet(`${folder.path}/other`, { ...info, salt: `0x${'77'.repeat(32)}` })
    try {
      const line = await signed(mara, { text: 'one' })
      expect(other.info.name).toBe(info.name)
      expect(await errorOf(() => addContribution(other, contributionOf([line])))).toMatchObject({
        code: 'OL1110',
        exitCode: 6,
        details: { contributor: mara.address, datanet: other.info.identity },
      })
      expect(other.records()).toEqual([])
      expect((await addContribution(store, contributionOf([line]))).added).toEqual([idOf({ text: 'one' })])
    } finally {
      other.close()
    }
  })

  test('takes a signed record once, however often it is sent, after a rejection too', async () => {
    const line = await signed(mara, { text: 'one' })
    await addContribution(store, contributionOf([line]))
    const again = () => addContribution(store, contributionOf([line]))
    expect(await again()).toMatchObject({ added: [], duplicates: [{ kind: 'content' }], contributions: [] })
    reviewRecords(store, { decision: 'reject', records: [idOf({ text: 'one' })], reviewer: 'me' })
    expect(await again()).toMatchObject({ added: [], duplicates: [{ kind: 'content' }], contributions: [] })
    expect(store.records()).toMatchObject([{ sequence: 1, status: 'rejected', signature: line.signature }])
    await addContribution(store, contributionOf([await signed(mara, { text: 'two' })]))
    expect(store.records().map(({ sequence }) => sequence)).toEqual([1, 2])
  })

  test('keeps one spelling of a signature', async () => {
    const line = await signed(mara, { text: 'one' })
    const last = Number.parseInt(line.signature.slice(130), 16)
    const upper = line.signature.toUpperCase().replace('0X', '0x').slice(0, 130)
    await addContribution(store, contributionOf([{ ...line, signature: `${upper}0${last - 27}` }]))
    expect(store.records()).toMatchObject([{ signature: line.signature }])
  })

  // Ed25519 (Solana, Near) has 64 bytes, EIP-2098 too; a contract's (ERC-1271, ERC-6492) has any number.
  test.each([64, 66, 97, 200])('refuses a signature of %i bytes, as accounts of other kinds give', async (bytes) => {
    const line = { ...(await signed(mara, { text: 'one' })), signature: `0x${'1b'.repeat(bytes)}` }
    expect(await errorOf(() => addContribution(store, contributionOf([line])))).toMatchObject({
      code: 'OL1100',
      details: { field: 'signature' },
    })
  })

  test('refuses to sign for somebody else', async () => {
    const lines = contributionOf([{ text: 'x', contributor: tobias.address }])
    expect(await errorOf(() => addContribution(store, lines, { account: mara }))).toMatchObject({ code: 'OL1113' })
  })

  test('keeps the first of equal contents, from any contributor', async () => {
    await addContribution(store, contributionOf([{ text: 'one' }]), { account: mara })
    const report = await addContribution(store, contributionOf([{ text: 'one' }, { text: 'two' }, { text: 'two' }]), {
      account: tobias,
    })
    expect(report.added).toEqual([idOf({ text: 'two' })])
    expect(report.duplicates).toMatchObject([
      { line: 1, kind: 'content', duplicateOf: idOf({ text: 'one' }), reason: expect.stringContaining(mara.address) },
      { line: 3, kind: 'content', duplicateOf: idOf({ text: 'two' }) },
    ])
    expect(store.records().map(({ contributor }) => contributor)).toEqual([mara.address, tobias.address])
  })

  test('stores the same words in other clothes as rejected', async () => {
    await addContribution(store, contributionOf([{ prompt: 'How long?', completion: 'An hour.' }]), { account: mara })
    const copy = { text: 'HOW LONG… an\u00a0ho\u00adur' }
    const report = await addContribution(store, contributionOf([copy]), { account: tobias })
    const first = idOf({ prompt: 'How long?', completion: 'An hour.' })
    expect(report).toMatchObject({
      added: [],
      rejected: [idOf(copy)],
      duplicates: [{ kind: 'words', duplicateOf: first }],
    })
    expect(store.record(idOf(copy))).toMatchObject({
      status: 'rejected',
      duplicateOf: first,
      reason: expect.stringContaining(first),
    })
    const approve = () => reviewRecords(store, { decision: 'approve', records: [idOf(copy)], reviewer: 'me' })
    expect(approve).toThrow(expect.objectContaining({ code: 'OL1131' }))
  })

  describe('a record that a reviewer rejected', () => {
    const text = 'The bar is passable two hours either side of high water.'
    const inOtherClothes = 'THE BAR is passable: two hours, either side of high water'
    const decide = (decision: 'approve' | 'reject', value: Record<string, unknown>, reason?: string) =>
      reviewRecords(store, { decision, records: [idOf(value)], reviewer: 'me', reason })
    const approvedBy = () => store.records('approved').map(({ contributor }) => contributor)
    beforeEach(async () => {
      await addContribution(store, contributionOf([{ text }]), { account: tobias })
      decide('reject', { text }, 'copied from mara')
    })

    test('does not keep its content from another contributor, and its place is kept', async () => {
      const before = store.record(idOf({ text }))
      const report = await addContribution(store, contributionOf([{ text }]), { account: mara })
      expect(report).toMatchObject({
        added: [idOf({ text })],
        duplicates: [],
        nearDuplicates: [{ nearDuplicateOf: idOf({ text }), similarity: 1 }],
        contributions: [{ contributor: mara.address, count: 1 }],
      })
      expect(store.records()).toMatchObject([
        {
          sequence: 2,
          contributor: mara.address,
          status: 'pending',
          reason: expect.stringContaining(`which ${tobias.address} added first, as record 1`),
        },
      ])
      const { status, content, duplicateOf, nearDuplicateOf, similarity, ...kept } = before as StoredRecord
      expect(store.database.prepare('SELECT * FROM replacedRecords').all()).toEqual([kept])
      // Neither approved with all others nor found to be new.
      const all = { decision: 'approve', records: 'all', reviewer: 'me' } as const
      expect(reviewRecords(store, all)).toMatchObject({ approved: 0, left: [idOf({ text })] })
      decide('approve', { text })
      await addContribution(store, contributionOf([{ text: 'two' }]), { account: tobias })
      expect(store.records().map(({ sequence }) => sequence)).toEqual([2, 3])
      expect(store.database.pragma('foreign_key_check')).toEqual([])
    })

    test('is not taken from its contributor again, in other clothes neither', async () => {
      const lines = contributionOf([{ text }, { text: inOtherClothes }])
      expect(await addContribution(store, lines, { account: tobias })).toMatchObject({
        added: [],
        duplicates: [{ kind: 'content' }, { kind: 'words' }],
      })
    })

    test('does not keep its words from another contributor; of two with the same words one is approved', async () => {
      const lines = contributionOf([{ text: inOtherClothes }])
      expect(await addContribution(store, lines, { account: mara })).toMatchObject({
        added: [idOf({ text: inOtherClothes })],
        nearDuplicates: [{ nearDuplicateOf: idOf({ text }), similarity: 1 }],
      })
      expect(() => decide('approve', { text })).toThrow(expect.objectContaining({ code: 'OL1131' }))
      decide('approve', { text: inOtherClothes })
      expect(() => decide('approve', { text })).toThrow(mara.address)
      expect(approvedBy()).toEqual([mara.address])
      // A reviewer who was wrong can turn it round.
      expect(decide('reject', { text: inOtherClothes }).freed).toEqual([idOf({ text })])
      decide('approve', { text })
      expect(approvedBy()).toEqual([tobias.address])
      expect(() => decide('approve', { text: inOtherClothes })).toThrow(expect.objectContaining({ code: 'OL1131' }))
    })

    test('keeps its content to itself once it is approved after all', async () => {
      const adding = addContribution(store, contributionOf([{ text }]), {
        account: mara,
        admit: async () => void setImmediate(() => decide('approve', { text })),
      })
      expect(await adding).toMatchObject({ added: [], duplicates: [{ kind: 'content' }] })
      expect(approvedBy()).toEqual([tobias.address])
    })
  })

  test('words that were refused because of a record can be approved once that is rejected', async () => {
    const [thief, honest] = [{ text: 'Four fathoms at the pier.' }, { text: 'four fathoms, at the pier' }]
    await addContribution(store, contributionOf([thief]), { account: tobias })
    await addContribution(store, contributionOf([honest]), { account: mara })
    const approve = (...values: Record<string, unknown>[]) =>
      reviewRecords(store, { decision: 'approve', records: values.map((value) => idOf(value)), reviewer: 'me' })
    expect(() => approve(honest)).toThrow(expect.objectContaining({ code: 'OL1131' }))
    const report = reviewRecords(store, { decision: 'reject', records: [idOf(thief)], reviewer: 'me' })
    expect(report.freed).toEqual([idOf(honest)])
    expect(() => approve(honest, thief)).toThrow(expect.objectContaining({ code: 'OL1131' }))
    expect(store.records('approved')).toEqual([])
    approve(honest)
    expect(store.records('approved').map(({ id }) => id)).toEqual([idOf(honest)])
    expect(store.record(idOf(thief))).toMatchObject({ status: 'rejected', duplicateOf: idOf(honest) })
  })

  test('marks near-duplicates, which a reviewer must decide on by id', async () => {
    await addContribution(store, contributionOf([{ text: long }]), { account: mara })
    const near = { text: long.replace('other side', 'other hand') }
    const far = { text: 'A bowline makes a fixed loop that does not slip.' }
    const report = await addContribution(store, contributionOf([near, far]), { account: tobias })
    // Of 27 words all but the last occur in the first record.
    expect(report.nearDuplicates).toEqual([
      { recordId: idOf(near), line: 1, nearDuplicateOf: idOf({ text: long }), similarity: 26 / 27 },
    ])
    expect(report.added).toEqual([idOf(near), idOf(far)])
    const review = reviewRecords(store, { decision: 'approve', records: 'all', reviewer: 'me' })
    expect(review).toEqual({ approved: 2, rejected: 0, left: [idOf(near)], freed: [] })
    expect(store.record(idOf(near))?.status).toBe('pending')
    reviewRecords(store, { decision: 'reject', records: [idOf(near)], reviewer: 'me', reason: 'a copy' })
    expect(store.record(idOf(near))).toMatchObject({ status: 'rejected', reviewer: 'me', reason: 'a copy' })
  })
})

describe('copies at intake', () => {
  const short = 'Reef the main before the wind decides for you and your crew.'
  const flagged = async (texts: readonly string[]) => {
    const report = await addContribution(store, contributionOf(texts.map((text) => ({ text }))), { account: tobias })
    return report.nearDuplicates.map(({ line, nearDuplicateOf }) => [line, nearDuplicateOf])
  }

  test.each([
    ['one word of twelve changed', short.replace('main', 'jib')],
    ['one number changed', 'Reef the main at 24 knots before the wind decides for you.'],
    ['look-alike letters', short.replaceAll('e', 'е').replaceAll('o', 'о')],
    ['combining marks', short.replaceAll('e', 'e\u0301')],
    ['an I for every l', `${short} All sailors will tell.`.replaceAll('l', 'I')],
    ['padding', `${short} So an old hand told me on the pier.`],
    ['a part', 'before the wind decides for you and your crew'],
  ])('%s is shown to the reviewer', async (_, copy) => {
    const originals = [
      short,
      'Reef the main at 12 knots before the wind decides for you.',
      `${short} All sailors will tell.`,
    ]
    await addContribution(store, contributionOf(originals.slice(0, 1).map((text) => ({ text }))), { account: mara })
    await addContribution(store, contributionOf(originals.slice(1).map((text) => ({ text }))), { account: mara })
    const near = await flagged([copy])
    expect(near).toHaveLength(1)
    expect(originals.map((text) => idOf({ text }))).toContain(near[0]?.[1])
    expect(store.record(idOf({ text: copy }))?.status).toBe('pending')
  })

  test('copies within one file are found, and the system turn is not what is compared', async () => {
    expect(await flagged([short, long, short.replace('crew', 'boat')])).toEqual([[3, idOf({ text: short })]])
    const system = { role: 'system', content: `${long} ${short}` }
    const messages = (asked: string, answer: string) => [
      system,
      { role: 'user', content: asked },
      { role: 'assistant', content: answer },
    ]
    const report = await addContribution(
      store,
      contributionOf([
        { messages: messages('How deep is the bay?', 'Four fathoms.') },
        { messages: messages('Where is the mooring?', 'West of the pier.') },
      ]),
      { account: mara },
    )
    expect(report.nearDuplicates).toEqual([])
  })

  test('what another process adds meanwhile is compared with', async () => {
    const admit = () => addContribution(store, contributionOf([{ text: short }]), { account: mara })
    const copy = { text: short.replace('crew', 'boat') }
    let during: Promise<unknown> | undefined
    // The second contribution comes in while the first is being compared.
    const first = addContribution(store, contributionOf([copy]), {
      account: tobias,
      admit: async () => {
        during = Promise.resolve().then(admit)
      },
    })
    const report = await first
    await during
    const [earlier, later] = store.records()
    expect(later).toMatchObject({ nearDuplicateOf: earlier?.id })
    expect(earlier).toMatchObject({ nearDuplicateOf: null })
    expect(report.nearDuplicates).toHaveLength(earlier?.contributor === mara.address ? 1 : 0)
  })

  test('stopped in between, nothing is stored', async () => {
    const stop = new AbortController()
    const adding = addContribution(store, contributionOf([{ text: short }]), {
      account: mara,
      admit: async () => stop.abort(),
      signal: stop.signal,
    })
    expect(await errorOf(() => adding)).toBe(stop.signal.reason)
    expect(store.records()).toEqual([])
  })
})

describe('readContribution', () => {
  const file = () => join(folder.path, 'notes.jsonl')

  test('reads what addContribution adds, and errors name the file and its line', async () => {
    writeFileSync(file(), '{"text":"one"}\n\n{"text":"two"}\n')
    const report = await addContribution(store, await readContribution(file()), { account: mara })
    expect(report.added).toEqual([idOf({ text: 'one' }), idOf({ text: 'two' })])
    writeFileSync(file(), '{"text":"three"}\n\n{"txet":"four"}\n')
    const contribution = await readContribution(file())
    expect(await errorOf(() => addContribution(store, contribution, { account: mara }))).toMatchObject({
      code: 'OL1100',
      details: { file: file(), line: 3 },
    })
  })

  test('refuses a file without records', async () => {
    writeFileSync(file(), '\n \n')
    expect(await errorOf(() => readContribution(file()))).toMatchObject({ code: 'OL1103' })
  })
})

describe('reviewRecords', () => {
  test('changes nothing when one id is unknown', async () => {
    const { added } = await addContribution(store, contributionOf([{ text: 'one' }]), { account: mara })
    const records = [...added, `0x${'0'.repeat(64)}`]
    expect(() => reviewRecords(store, { decision: 'approve', records, reviewer: 'me' })).toThrow(
      expect.objectContaining({ code: 'OL1130' }),
    )
    expect(store.records('pending')).toHaveLength(1)
  })
})
