/** Text that is already HTML. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Content = Markup | string | number | undefined | readonly Content[]

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: HTML allows none of them but tab and line breaks
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

const render = (content: Content): string => {
  if (content === undefined) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'object') return content.map(render).join('')
  return String(content)
    .replace(controls, '\uFFFD')
    .replace(/[&<>"']/g, (character) => escapes[character] as string)
}

/**
 * A template tag for HTML that escapes every value except {@link Markup}.
 *
 * @example
 * html`<p title="${'"'}">${'<script>'}</p>`.text // <p title="&quot;">&lt;script&gt;</p>
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.map((part, i) => part + (i < contents.length ? render(contents[i]) : '')).join(''))
}
