import { describe, expect, test } from '@jest/globals'
import { describeQuickstart } from '../../src/commands/describeQuickstart.js'
import { failureOf } from '../../src/commands/quickstart.js'
import { createShell } from '../../src/terminal/Shell.js'
import { createStyle } from '../../src/terminal/Style.js'
import type { QuickstartReturnType } from '../../src/workflows/quickstart/quickstart.js'
import { fakeSurroundings } from '../terminal/fakeSurroundings.js'

const mara = '0x00000000000000000000000000000000000000aa'
const zed = '0x00000000000000000000000000000000000000bb'

const answer = (prompt: string, expects: string, earner: string | undefined) => ({
  question: { line: 1, prompt, answer: undefined, extra: { expects } },
  answer: 'Early.',
  outcome: earner === undefined ? 'none' : 'attributed',
  influence: [],
  contributors: earner === undefined ? [] : [{ contributor: earner, share: 1 }],
  spans: [],
  lexical: [],
})

/** What the description reads of a quickstart, and nothing else. */
function quickstart({ after = 1.8, ok = true, earners = [mara, zed] as readonly (string | undefined)[] } = {}) {
  return {
    directory: '/clone/my-net',
    scorer: 'efim',
    scaffold: {
      contributors: [
        { name: 'mara', speciality: 'reefing', address: mara },
        { name: 'zed', speciality: 'nothing', address: zed },
      ],
    },
    datanet: { version: { version: 1 } },
    training: {
      output: '/clone/my-net/adapters/v1',
      manifest: { evalLoss: { before: 4.1, after } },
      plan: { heldOut: 24 },
    },
    attributions: [
      answer('When do I reef the mainsail of my boat?', 'mara', earners[0]),
      answer("What's a knot?", 'zed', earners[1]),
    ],
    epoch: { epoch: { manifest: { epoch: 1 } } },
    claims: { warpedSeconds: 3601, paid: [{ account: mara.toUpperCase().replace('0X', '0x'), amountWei: 10n ** 17n }] },
    balances: { name: 'balances', ok, detail: ok ? 'moved' : `${mara} moved by 1 wei too much` },
    verification: { epochs: [{ checks: [{ name: 'shares', ok: true, detail: '' }] }], pool: [], trace: undefined },
  } as unknown as QuickstartReturnType
}

function lines(result: QuickstartReturnType, script = '/clone/bin/openledger.js', devnetKept = false): string[] {
  const shell = createShell({ script, folder: '/clone', cwd: '/clone' })
  const style = createStyle(fakeSurroundings().stdout, {}, true)
  return describeQuickstart(result, { seconds: 41.2, devnetKept, shell }, style).split('\n')
}

describe('the end of a quickstart', () => {
  test('tells who earned what, what holds, and how long it took', () => {
    const text = lines(quickstart())
    expect(text).toContain('mara         0.100000 OPEN  ██████████  reefing')
    expect(text).toContain('zed          0.000000 OPEN  ░░░░░░░░░░  nothing')
    expect(text).toContain('✔ The specialist of the field earned the most of 2 of 2 answers.')
    expect(text).toContain('✔ Held-out loss 4.100 → 1.800, on 24 records that nobody trained on.')
    expect(text.join('\n')).toContain('✔ 2 checks hold')
    expect(text).toContain('  41.2 s; the devnet’s clock was moved by 3601 s, past the challenge window')
  })

  test('tells which answers others earned, a loss that rose and a check that does not hold', () => {
    const text = lines(quickstart({ after: 4.2, ok: false, earners: [zed, undefined] }))
    expect(text).toContain('! The specialist of the field earned the most of 0 of 2 answers.')
    expect(text).toContain('    zed instead of mara: When do I reef the mainsail of my boat?')
    expect(text).toContain("    nobody instead of zed: What's a knot?")
    expect(text).toContain('✖ Held-out loss 4.100 → 4.200, on 24 records that nobody trained on.')
    expect(text).toContain('✖ 1 of 2 checks do not hold.')
    expect(text).toContain(`    balances: ${mara} moved by 1 wei too much`)
    expect(text.join('\n')).not.toMatch(/✔ .*checks hold/)
  })

  test('is a failure when the loss did not fall, or a check does not hold', () => {
    expect(failureOf(quickstart({ after: 4.1 }))).toMatchObject({
      code: 'OL1407',
      details: { before: 4.1, after: 4.1 },
    })
    expect(failureOf(quickstart({ ok: false }))).toBeDefined()
    expect(failureOf(quickstart())).toBeUndefined()
  })

  test('ends with lines that can be pasted, begun as this run was', () => {
    expect(lines(quickstart()).slice(-4)).toEqual([
      '  cd my-net',
      "  node ../bin/openledger.js model generate 'What'\\''s a knot?' --adapter adapters/v1",
      '  node ../bin/openledger.js datanet status',
      '  node ../bin/openledger.js attribute --queries datanet/questions.jsonl --output scores.jsonl',
    ])
    expect(lines(quickstart(), '/usr/bin/openledger', true).at(-1)).toBe(
      '  openledger attribute --queries datanet/questions.jsonl --pay --yes',
    )
  })
})
