import { execFileSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { createShell, quote } from '../../src/terminal/Shell.js'

const at = (script: string | undefined, folder = '/clone', cwd = folder) => createShell({ script, folder, cwd })

describe('the line of the next command', () => {
  test.each<[script: string | undefined, from: string, program: string]>([
    [undefined, '/anywhere', 'openledger'],
    ['/usr/local/bin/openledger', '/anywhere', 'openledger'],
    ['/clone/bin/openledger.js', '/clone', 'node bin/openledger.js'],
    ['/clone/bin/openledger.js', '/clone/my-net', 'node ../bin/openledger.js'],
    ['/clone/bin/openledger.js', '/home/mara/data/nets/bees', 'node /clone/bin/openledger.js'],
    ['/with space/bin/openledger.js', '/home/mara/data/nets/bees', "node '/with space/bin/openledger.js'"],
    ['/project/node_modules/.bin/openledger', '/project/my-net', 'npx openledger'],
    ['/project/node_modules/.bin/openledger', '/elsewhere', '/project/node_modules/.bin/openledger'],
    ['/home/mara/.npm/_npx/0f1e/node_modules/.bin/openledger', '/elsewhere', 'npx openledger'],
  ])('started as %s, in %s', (script, from, program) => {
    expect(at(script, from).line('train')).toBe(`${program} train`)
    expect(at(script, '/').line('train', from)).toBe(`${program} train`)
  })

  test('names the folder that --cwd named, unless the shell goes there itself', () => {
    const shell = at('/usr/bin/openledger', '/home/mara', '/home/mara/my-net')
    expect(shell.line('train')).toBe('openledger -C my-net train')
    expect(shell.line('train', '/home/mara/my-net')).toBe('openledger train')
  })

  test('paths are as short as they can be', () => {
    expect(at(undefined, '/a/b').path('/a/b/c')).toBe('c')
    expect(at(undefined, '/a/b').path('/a/b')).toBe('.')
    expect(at(undefined, '/a/b/c/d').path('/tmp/x')).toBe('/tmp/x')
  })
})

test.each(['plain', 'two words', "it's", '$HOME `id` "x" \\', '', '*', '-n\n'])(
  'a shell reads %j back from its quotes',
  (word) => {
    expect(execFileSync('sh', ['-c', `printf %s. ${quote(word)}`], { encoding: 'utf8' })).toBe(`${word}.`)
  },
)
