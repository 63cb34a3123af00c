import { unsupported } from './limits.js'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = 'January February March April May June July August September October November December'.split(' ')

const two = (value: number): string => String(value).padStart(2, '0')
const dayOfYear = (time: Date): number =>
  Math.round(
    (Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) - Date.UTC(time.getFullYear(), 0, 1)) / 864e5,
  ) + 1

const directives: Readonly<Record<string, (time: Date) => string>> = {
  a: (time) => (days[time.getDay()] as string).slice(0, 3),
  A: (time) => days[time.getDay()] as string,
  b: (time) => (months[time.getMonth()] as string).slice(0, 3),
  B: (time) => months[time.getMonth()] as string,
  d: (time) => two(time.getDate()),
  e: (time) => String(time.getDate()).padStart(2, ' '),
  F: (time) => `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`,
  h: (time) => (months[time.getMonth()] as string).slice(0, 3),
  H: (time) => two(time.getHours()),
  I: (time) => two(time.getHours() % 12 || 12),
  j: (time) => String(dayOfYear(time)).padStart(3, '0'),
  m: (time) => two(time.getMonth() + 1),
  M: (time) => two(time.getMinutes()),
  p: (time) => (time.getHours() < 12 ? 'AM' : 'PM'),
  S: (time) => two(time.getSeconds()),
  T: (time) => `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`,
  u: (time) => String(time.getDay() || 7),
  w: (time) => String(time.getDay()),
  y: (time) => two(time.getFullYear() % 100),
  Y: (time) => String(time.getFullYear()),
  n: () => '\n',
  t: () => '\t',
  // Python's datetime.now() has no time zone.
  z: () => '',
  Z: () => '',
  '%': () => '%',
}

/**
 * Python's `datetime.strftime` in the C locale, in local time.
 *
 * @throws TemplateError for a directive that is not supported
 */
export function formatTime(time: Date, format: string): string {
  return format.replace(/%(-?)([\s\S]|$)/gu, (whole, dash: string, name: string) => {
    const directive = directives[name]
    if (directive === undefined) throw unsupported(`the date format ${whole}`)
    const written = directive(time)
    return dash === '' ? written : written.replace(/^[0 ]+(?=\d)/, '')
  })
}
