import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { ChatTemplate } from '../../../src/models/chat/jinja/ChatTemplate.js'

interface Vectors {
  readonly conversations: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly tokens: Readonly<Record<string, string>>
  readonly texts: readonly string[]
  readonly templates: Readonly<
    Record<string, { readonly template: string; readonly texts: readonly (number | null)[] }>
  >
}

const fixture = async <Data>(name: string): Promise<Data> =>
  JSON.parse(String(await promisify(gunzip)(await readFile(`test/fixtures/${name}.json.gz`)))) as Data

/** The text, or nothing where the template is refused; any other failure is one of the test. */
function render(source: string, variables: Readonly<Record<string, unknown>> = {}): string | null {
  try {
    return new ChatTemplate(source).render(variables)
  } catch (error) {
    if ((error as Error).name !== 'TemplateError') throw error
    return null
  }
}

const reason = (source: string, variables: Readonly<Record<string, unknown>> = {}): string => {
  try {
    return `rendered ${new ChatTemplate(source).render(variables)}`
  } catch (error) {
    return (error as Error).message
  }
}

describe('templates of model families give what transformers renders, and refuse what it refuses', () => {
  let vectors: Vectors
  beforeAll(async () => {
    vectors = await fixture<Vectors>('chatTemplates')
  })

  test('at least 60 families over at least 12 conversations', () => {
    expect(Object.keys(vectors.templates).length).toBeGreaterThanOrEqual(60)
    expect(Object.keys(vectors.conversations).length).toBeGreaterThanOrEqual(12)
  })

  test('every text', () => {
    const standing = { tools: null, documents: null, add_generation_prompt: false }
    for (const [family, { template, texts }] of Object.entries(vectors.templates))
      for (const [i, [name, conversation]] of Object.entries(vectors.conversations).entries()) {
        const at = texts[i] as number | null
        const expected = at === null ? null : vectors.texts[at]
        const text = render(template, { ...standing, ...vectors.tokens, ...conversation })
        expect([family, name, text]).toEqual([family, name, expected])
      }
  })
})

describe('templates made at random', () => {
  test('give what Jinja gives, or are refused; nearly none is refused', async () => {
    const { variables, cases } = await fixture<{
      readonly variables: Readonly<Record<string, unknown>>
      readonly cases: readonly (readonly [string, string])[]
    }>('generatedTemplates')
    const refused: string[] = []
    for (const [template, expected] of cases) {
      const text = render(template, variables)
      if (text === null) refused.push(template)
      else expect([template, text]).toEqual([template, expected])
    }
    expect(refused.length / cases.length).toBeLessThan(0.06)
  })
})

describe('what was wrong before', () => {
  test.each([
    ["{% for x in 'ab' %}[{{ x }}{% continue %}]{% endfor %}", '[a[b'],
    ["{% for x in 'ab' %}[{{ x }}{% break %}]{% endfor %}", '[a'],
    ["{{ '\\n  x\\n'.strip('\\n') }}|", '  x|'],
    ["{{ 'xxay'.lstrip('x') }}{{ 'ayy'.rstrip('y') }}", 'aya'],
    ['a\r\n{% if true %}\r\nb\r\n{% endif %}\r\nc', 'a\nb\nc'],
    ["{{ [true, none, 'a', 1.0] }}{{ true }}", "[True, None, 'a', 1.0]True"],
    ["{{ 'a' ~ none }}", 'aNone'],
    ["{{ '%d of %s' % (2, 'x') }}", '2 of x'],
    ["{{ 'tide'.find('d') }}", '2'],
    ["{{ '<a>' | e }}{{ 'abc' | reverse }}", '&lt;a&gt;cba'],
    ['{% raw %}{{ x }}{% endraw %}', '{{ x }}'],
    ['{{ 1e3 }}', '1000.0'],
  ])('%s', (template, text) => {
    expect(render(template)).toBe(text)
  })
})

describe('refused by name, with the line', () => {
  test.each([
    ['a\n{% include "x" %}', 'line 2: the tag {% include %} is not supported'],
    ['{{ x | urlize }}', 'line 1: the filter urlize is not supported'],
    ['\n\n{{ x | nothing }}', "line 3: No filter named 'nothing'"],
    ['{% do x %}', "line 1: Encountered unknown tag 'do'"],
    ['{% if x %}', "line 1: Unexpected end of template: 'elif' or 'else' or 'endif' is missing"],
    ["{{ 'a'.encode() }}", 'line 1: str.encode is not supported'],
    ['{{ strftime_now("%c") }}', 'line 1: the date format %c is not supported'],
    ['{{ nothing.more }}', "line 1: 'nothing' is undefined"],
    ['{% set l = [] %}\n{{ l.append(1) }}', "line 2: access to attribute 'append' of 'list' object is unsafe."],
    ['{{ raise_exception("roles must alternate") }}', 'line 1: roles must alternate'],
    ['{% break %}', "line 1: 'break' outside loop"],
  ])('%s', (template, message) => {
    expect(reason(template)).toContain(message)
  })
})

describe('a hostile template ends with an error', () => {
  test.each([
    ['{% for i in range(10**9) %}x{% endfor %}', 'Range too big'],
    ['{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}', 'more steps'],
    ["{{ 'x' * 10**12 }}", 'longer than any model reads'],
    ['{{ [0] * 10**12 }}', 'longer than any model reads'],
    ['{{ 10 ** (10 ** 8) }}', 'longer than any model reads'],
    ["{{ 'x'.center(10**12) }}", 'longer than any model reads'],
    ["{{ '%99999999999d' % 1 }}", 'longer than any model reads'],
    ["{{ '{:>99999999999}'.format(1) }}", 'longer than any model reads'],
    ["{{ ('x' * 10**6).replace('x', 'y' * 10**6) }}", 'longer than any model reads'],
    [
      "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      'longer than any',
    ],
    [
      '{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}',
      'more steps',
    ],
    [
      '{% set ns = namespace(l=[1]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}',
      'too deeply',
    ],
    ['{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}', 'recursion depth'],
    ['{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}', 'recursion depth'],
    [`{{ ${'('.repeat(9999)}1${')'.repeat(9999)} }}`, 'nested more than 100 deep'],
    [`${'{% if 1 %}'.repeat(9999)}`, 'nested more than 100 deep'],
    ["{% set s = ' ' * 10**6 ~ 'x' %}{% for i in range(99999) %}{% set t = s.strip() %}{% endfor %}", 'more steps'],
  ])('%#', (template, message) => {
    expect(reason(template)).toContain(message)
  })

  test('nothing of JavaScript is reached', () => {
    const names = ['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'length', 'hasOwnProperty', 'then']
    for (const name of names)
      for (const value of ["''", '[]', '{}', 'm', 'm[0]', '1', '1.5', 'true', 'none'])
        expect([
          name,
          value,
          render(`{{ ${value}.${name} }}{{ ${value}['${name}'] }}`, { m: [{ role: 'user' }] }),
        ]).toEqual([name, value, ''])
    expect(render('{{ constructor }}{{ globalThis }}{{ process }}{{ __proto__ }}')).toBe('')
    // A key of that name is one like any other.
    expect(
      render('{{ m.__proto__ }}{{ m["constructor"] }}', { m: JSON.parse('{"__proto__": 1, "constructor": 2}') }),
    ).toBe('12')
  })
})
