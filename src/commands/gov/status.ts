import { formatOpen } from '../../terminal/formats.js'
import { findProposal } from '../../workflows/governance/findProposal.js'
import { type ListedProposal, proposalHistory } from '../../workflows/governance/proposalHistory.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { connect } from '../shared/connect.js'
import { callsOf, describeCalls } from './describeCalls.js'

/** `openledger gov status`: all proposals, or one with its calls and votes. */
export async function run(
  context: CommandContext,
  { proposal }: { readonly proposal: string | undefined },
): Promise<void> {
  const { output } = context
  const connection = await connect(context)
  const only = proposal === undefined ? undefined : await findProposal(connection, proposal)
  const found = await proposalHistory(connection, only)
  const proposals = found.map(({ targets, values, calldatas, quorumWei = null, ...rest }) => ({
    ...rest,
    quorumWei,
    calls: callsOf(connection, { targets, values, calldatas }),
  }))
  const [one] = proposals
  if (only !== undefined && one !== undefined) {
    output.result(one, describeOne)
    return
  }
  output.result({ proposals }, (data, { table }) =>
    data.proposals.length === 0
      ? 'No proposal yet.'
      : [
          table(
            [
              { title: '', align: 'right' },
              { title: 'about', shrink: true },
              { title: 'state' },
              { title: 'for', align: 'right' },
              { title: 'against', align: 'right' },
              { title: 'until' },
            ],
            data.proposals.map((listed) => [
              String(listed.number),
              titleOf(listed),
              listed.state,
              formatOpen(listed.forWei, 0),
              formatOpen(listed.againstWei, 0),
              untilOf(listed),
            ]),
          ),
          `More of one: ${context.shell.line('gov status 1')}`,
        ].join('\n'),
  )
}

type Shown = Omit<ListedProposal, 'targets' | 'values' | 'calldatas' | 'quorumWei'> & {
  readonly quorumWei: bigint | null
  readonly calls: ReturnType<typeof callsOf>
}

function describeOne(data: Shown): string {
  const rows = [
    ['number', String(data.number)],
    ['id', String(data.proposalId)],
    ['state', data.state],
    ['proposer', data.proposer],
    ['votes', `cast from ${timeOf(data.voteStart)} to ${timeOf(data.voteEnd)}`],
    ['for', formatOpen(data.forWei)],
    ['against', formatOpen(data.againstWei)],
    ['abstain', formatOpen(data.abstainWei)],
    ['quorum', data.quorumWei === null ? 'counted when the vote begins' : formatOpen(data.quorumWei)],
    ...(data.eta === 0 ? [] : [['executable', `from ${timeOf(data.eta)}`]]),
    ...describeCalls(data.calls).map((line, index) => [`call ${index + 1}`, line]),
  ]
  return [
    // The proposer's words: a line of theirs must not pass for one of the facts below.
    ...(data.description === null ? [] : [...data.description.split('\n').map((line) => `> ${line}`), '']),
    ...rows.map(([name = '', value]) => `${name.padEnd(12)}${value}`),
  ].join('\n')
}

const titleOf = ({ description, calls }: Shown): string =>
  description?.split('\n')[0] ?? describeCalls(calls).join('; ')

const untilOf = ({ state, voteStart, voteEnd, eta }: Shown): string => {
  if (state === 'pending') return `${timeOf(voteStart)} vote`
  if (state === 'active') return `${timeOf(voteEnd)} end`
  return state === 'queued' ? `${timeOf(eta)} due` : ''
}

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000', '')
