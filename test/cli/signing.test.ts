import { EventEmitter } from 'node:events'
import { expect, test } from '@jest/globals'
import type { PlannedTransaction } from '../../src/chain/client/describeTransaction.js'
import { declareCommand } from '../../src/cli/declareCommand.js'
import { flag, text } from '../../src/cli/options.js'
import { main } from '../../src/cli.js'
import { fakeSurroundings } from '../terminal/fakeSurroundings.js'

const planned: PlannedTransaction = {
  network: 'OpenLedger',
  chainId: 1612,
  from: `0x${'12'.repeat(20)}`,
  to: `0x${'ab'.repeat(20)}`,
  contract: 'RewardPool',
  function: 'claim',
  arguments: [{ name: 'cumulative', value: '7' }],
  data: '0x1234',
  valueWei: 5n * 10n ** 17n,
  gas: 100_000n,
  gasCostWei: 10n ** 14n,
}

/** What the command may have shown with its question. */
const shown: Readonly<Record<string, readonly PlannedTransaction[]>> = {
  both: [planned, { ...planned, gas: 90_000n, gasCostWei: null }],
  one: [planned],
  others: [
    { ...planned, data: '0x5678' as const },
    { ...planned, valueWei: 1n },
    { ...planned, to: planned.from },
    { ...planned, from: `0x${'34'.repeat(20)}` as const },
  ],
  later: Array(2).fill({ ...planned, data: '0x', gas: null, arguments: [{ name: 'cumulative', value: '"7"' }] }),
  laterOther: Array(2).fill({ ...planned, data: '0x', gas: null, arguments: [{ name: 'cumulative', value: '8' }] }),
}

/** A command that somebody may write tomorrow: it signs twice, and asks beforehand or does not. */
const pay = declareCommand(
  {
    noun: 'pay',
    summary: 'Pay',
    arguments: {},
    options: { asks: flag({ help: 'Ask first' }), shows: text({ help: 'Show first' }) },
    examples: [],
    dryRun: true,
    config: false,
  },
  async () => ({
    async run({ config, confirm, output }, { asks, shows }) {
      if (asks) await confirm('Pay it?')
      if (shows !== undefined) await confirm('Pay it?', { shown: shown[shows] ?? [] })
      await config.signing.review(planned)
      await config.signing.review(planned)
      output.result({}, () => 'signed')
    },
  }),
)

async function given(words: string, answers: readonly string[] = [], terminal = true) {
  const surroundings = fakeSurroundings({ terminal, environment: {} })
  const host = Object.assign(new EventEmitter(), { exit: () => undefined })
  let over = false
  const ended = main({ argv: words.split(' '), surroundings, host, commands: [pay] }).finally(() => {
    over = true
  })
  for (const [i, answer] of answers.entries()) {
    while (!over && surroundings.stderr.text.split('[y/N]').length <= i + 1)
      await new Promise((done) => setTimeout(done, 5))
    surroundings.stdin.write(answer)
  }
  return { status: await ended, stdout: surroundings.stdout.text, stderr: surroundings.stderr.text }
}
const questions = (stderr: string): number => stderr.split('[y/N]').length - 1

test('a command that did not ask is asked for, transaction by transaction, with all that it sends', async () => {
  const { status, stdout, stderr } = await given('pay', ['y\r', 'y\r'])
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'signed\n' })
  expect(questions(stderr)).toBe(2)
  for (const shown of [
    'OpenLedger (chain 1612)',
    planned.from,
    `RewardPool ${planned.to}`,
    'claim',
    'cumulative = 7',
    '0.500000000000000000 OPEN',
    '100000, at most 0.000100000 OPEN',
  ])
    expect(stderr).toContain(shown)
})

test('a no to the second keeps it from being signed', async () => {
  const { status, stdout, stderr } = await given('pay', ['y\r', 'n\r'])
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
  expect(stderr).toContain('OL1009')
})

test('who agreed to the command is not asked about its transactions, but sees them', async () => {
  const { status, stderr } = await given('pay --asks', ['y\r'])
  expect(status).toBe(0)
  expect(stderr.split(planned.from)).toHaveLength(3)
  expect(questions(stderr)).toBe(1)
})

test('off a terminal nothing is signed without --yes, and with --yes everything is shown', async () => {
  const refused = await given('pay', [], false)
  expect(refused).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('OL1008') })
  const agreed = await given('pay --yes', [], false)
  expect(agreed).toMatchObject({ status: 0, stderr: expect.stringContaining(planned.from) })
})

test('a command with --dry-run that would sign after all is stopped', async () => {
  expect(await given('pay --dry-run --yes')).toMatchObject({ status: 1, stderr: expect.stringContaining('OL1633') })
})

test.each([
  ['both', 1, 0],
  ['later', 1, 0],
  ['one', 2, 1],
  ['others', 3, 2],
  ['laterOther', 3, 2],
])(
  'of transactions shown with the question, %s: only another one is shown and asked about',
  async (shows, asked, told) => {
    const { status, stderr } = await given(`pay --shows ${shows}`, Array(asked).fill('y\r'))
    expect(status).toBe(0)
    expect(questions(stderr)).toBe(asked)
    expect(stderr.split('cumulative = 7').length - 1).toBe(told)
  },
)
