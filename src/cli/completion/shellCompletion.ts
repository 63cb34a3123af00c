import type { Completes, CompletionFlag, CompletionNode } from './completionNodes.js'

/** Quotes a text as one word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const spelt = (value: Completes | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? `<${value}>` : value.join(' ')

/** Writes a function of a POSIX shell that prints the words of a place. */
function lookup(name: string, rows: readonly (readonly [place: string, printed: string])[]): string {
  const cases = rows
    .filter(([, printed]) => printed !== '')
    .map(([place, printed]) => `    ${quoted(place)}) printf %s ${quoted(printed)} ;;`)
  return `${name}() {\n  case "$1" in\n${cases.join('\n')}\n  esac\n}`
}

const valueRows = ({ path, flags }: CompletionNode): [string, string][] =>
  flags.map(({ flag, value }: CompletionFlag) => [`${path} ${flag}`, spelt(value)])

/** The shared part of the bash and zsh scripts: the table, and the walk over the words before the cursor. */
const table = (nodes: readonly CompletionNode[]): string =>
  [
    lookup(
      '__openledger_verbs',
      nodes.map(({ path, verbs }) => [path, verbs.map(({ word }) => word).join(' ')]),
    ),
    lookup(
      '__openledger_flags',
      nodes.map(({ path, flags }) => [path, flags.map(({ flag }) => flag).join(' ')]),
    ),
    lookup('__openledger_value', nodes.flatMap(valueRows)),
    lookup(
      '__openledger_argument',
      nodes.flatMap(({ path, arguments: all }) =>
        all.map((each, at): [string, string] => [`${path} ${at}`, spelt(each)]),
      ),
    ),
    `# Takes the words before the cursor and sets __openledger_kind to the possible completions.
__openledger_walk() {
  local at='' place=0 flag='' word
  for word in "$@"; do
    if [ -n "$flag" ]; then
      # bash splits --flag=value into three words.
      [ "$word" = '=' ] || flag=''
      continue
    fi
    case "$word" in
      -*=*) ;;
      -*) [ -z "$(__openledger_value "$at $word")" ] || flag=$word ;;
      *)
        case " $(__openledger_verbs "$at") " in
          *" $word "*) at=\${at:+$at }$word ;;
          *) place=$((place + 1)) ;;
        esac
        ;;
    esac
  done
  __openledger_offered=$(__openledger_flags "$at")
  if [ -n "$flag" ]; then
    __openledger_kind=$(__openledger_value "$at $flag")
    __openledger_offered=''
  else
    __openledger_kind=$(__openledger_verbs "$at")
    [ -n "$__openledger_kind" ] || __openledger_kind=$(__openledger_argument "$at $place")
  fi
}`,
  ].join('\n')

/** Writes the script for \`eval "$(openledger completion bash)"\`, which also runs in the bash 3.2 of macOS. */
export const bashCompletion = (nodes: readonly CompletionNode[]): string => `# bash completion of openledger
${table(nodes)}
_openledger() {
  local current=\${COMP_WORDS[COMP_CWORD]} line
  [ "$current" != '=' ] || current=''
  __openledger_walk "\${COMP_WORDS[@]:1:COMP_CWORD-1}"
  COMPREPLY=()
  case "$current" in -*) [ -z "$__openledger_offered" ] || __openledger_kind=$__openledger_offered ;; esac
  case "$__openledger_kind" in
    '' | '<anything>') ;;
    '<files>')
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
      ;;
    *)
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "$__openledger_kind" -- "$current")
      ;;
  esac
}
complete -F _openledger openledger
`

/** Writes the script for \`eval "$(openledger completion zsh)"\` after \`compinit\`. */
export const zshCompletion = (nodes: readonly CompletionNode[]): string => `#compdef openledger
${table(nodes)}
_openledger() {
  local -a before=("\${(@)words[2,CURRENT-1]}")
  local current=\${words[CURRENT]}
  if [[ $current == --*=* ]]; then
    before+=("\${current%%=*}")
    current=\${current#*=}
    compset -P 1 '*='
  fi
  __openledger_walk "\${(@)before}"
  [[ $current != -* || -z $__openledger_offered ]] || __openledger_kind=$__openledger_offered
  case "$__openledger_kind" in
    '' | '<anything>') ;;
    '<files>') _files ;;
    *) compadd -- \${=__openledger_kind} ;;
  esac
}
compdef _openledger openledger
`

/** Writes the script for \`openledger completion fish | source\`. */
export function fishCompletion(nodes: readonly CompletionNode[]): string {
  const here = (path: string): string => `-n ${quoted(`__openledger_at ${quoted(path).replaceAll("'", '"')}`)}`
  const takes = new Set(
    nodes.flatMap(({ flags }) => flags.filter(({ value }) => value !== undefined).map(({ flag }) => flag)),
  )
  const named = (flag: string): string => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)
  const completedBy = (value: Completes | undefined): string =>
    value === undefined
      ? ''
      : value === 'files'
        ? ' -r -F'
        : value === 'anything'
          ? ' -x'
          : ` -x -a ${quoted(value.join(' '))}`
  return `# fish completion of openledger
set -g __openledger_takes ${[...takes].join(' ')}
set -g __openledger_paths ${nodes
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join(' ')}
function __openledger_at
  set -l at ''
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
    else if string match -q -- '-*' $word
      contains -- $word $__openledger_takes; and set skip 1
    else
      set -l next (string trim -- "$at $word")
      contains -- $next $__openledger_paths; and set at $next
    end
  end
  test "$at" = "$argv[1]"
end
complete -c openledger -e
complete -c openledger -f
${nodes
  .flatMap(({ path, verbs, flags, arguments: all }) => [
    ...verbs.map(({ word, help }) => `complete -c openledger ${here(path)} -a ${word} -d ${quoted(help)}`),
    ...flags.map(
      ({ flag, help, value }) =>
        `complete -c openledger ${here(path)} ${named(flag)}${completedBy(value)} -d ${quoted(help)}`,
    ),
    ...(all.includes('files') ? [`complete -c openledger ${here(path)} -F`] : []),
    ...all.flatMap((each) =>
      typeof each === 'string' ? [] : [`complete -c openledger ${here(path)} -a ${quoted(each.join(' '))}`],
    ),
  ])
  .join('\n')}
`
}
