import { basename, relative, sep } from 'node:path'

/** Writes command lines and paths for the user's shell. */
export interface Shell {
  /** The command that starts openledger: `openledger`, or `node bin/openledger.js` in a clone. */
  readonly program: string
  /**
   * The line that runs another command in the same way as this one. In a clone there is no `openledger` on the PATH.
   *
   * @param words the words after `openledger`
   * @param folder the shell's folder at that time, after a `cd`; by default its current one
   */
  line(words: string, folder?: string): string
  /** A path, relative to the shell's folder. */
  path(path: string): string
}

export interface ShellOptions {
  /** The script that Node runs: `process.argv[1]`. Without it, lines use the program's name. */
  readonly script: string | undefined
  /** Folder of the user's shell. */
  readonly folder: string
  /** Folder in which the command runs; `--cwd` makes it differ from the shell's. */
  readonly cwd: string
  /** The network that this command line chose, for the next command. */
  readonly network?: string | undefined
}

/**
 * @example
 * // cd /clone && node bin/openledger.js quickstart
 * shell.line('train', '/clone/my-net') // 'node ../bin/openledger.js train'
 */
export function createShell({ script, folder: here, cwd, network }: ShellOptions): Shell {
  return {
    program: programFrom(script, here),
    line(words, folder) {
      const elsewhere = folder === undefined && cwd !== here ? ['-C', quote(shortest(here, cwd))] : []
      const there = network === undefined || words.includes(' --network ') ? [] : ['--network', quote(network)]
      return [programFrom(script, folder ?? here), ...elsewhere, words, ...there].join(' ')
    },
    path: (path) => quote(shortest(here, path)),
  }
}

function programFrom(script: string | undefined, from: string): string {
  if (script === undefined) return 'openledger'
  if (script.endsWith('.js')) return `node ${quote(shortest(from, script))}`
  const [project, rest] = script.split(`${sep}node_modules${sep}.bin${sep}`)
  // Otherwise the shell found the program on the PATH.
  if (project === undefined || rest === undefined) return quote(basename(script))
  // Outside the project npx would download a package of this name from the registry.
  const near = project.includes(`${sep}_npx${sep}`) || !relative(project, from).startsWith('..')
  return near ? 'npx openledger' : quote(script)
}

function shortest(from: string, path: string): string {
  const short = relative(from, path) || '.'
  return short.length < path.length ? short : path
}

/** Quotes a text as one word of a POSIX shell. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
