import { basename, relative, sep } from 'node:path'

/** How to tell the user what to type next. */
export interface Shell {
  /** What the user starts openledger with: `openledger`, or `node bin/openledger.js` in a clone. */
  readonly program: string
  /**
   * The line that runs another command, started in the way that this one was: in a clone there is no `openledger` on
   * the PATH.
   *
   * @param words what stands behind `openledger`
   * @param folder where the shell will be then, after a `cd`; where it is now unless given
   */
  line(words: string, folder?: string): string
  /** A path as it is written in the shell's folder. */
  path(path: string): string
}

export interface ShellOptions {
  /** The script that Node was given: `process.argv[1]`. Without one the program's name has to do. */
  readonly script: string | undefined
  /** Folder of the user's shell. */
  readonly folder: string
  /** Folder that the command runs in: another than the shell's with `--cwd`. */
  readonly cwd: string
  /** The network that was chosen on this command line: the next command goes on there. */
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
  // Else the shell found it by its name on the PATH.
  if (project === undefined || rest === undefined) return quote(basename(script))
  // Outside its project npx would fetch whatever the registry has by this name.
  const near = project.includes(`${sep}_npx${sep}`) || !relative(project, from).startsWith('..')
  return near ? 'npx openledger' : quote(script)
}

function shortest(from: string, path: string): string {
  const short = relative(from, path) || '.'
  return short.length < path.length ? short : path
}

/** As one word of a POSIX shell. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
