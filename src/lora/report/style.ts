/** The style sheet of the report, for light and dark screens and for paper. */
export const style = `
:root { color-scheme: light dark;
  --page: #f7f6f3; --card: #ffffff; --ink: #1d1f21; --soft: #63686e; --line: #e3e1db; --grid: #ecebe6;
  --strong: #0b7285; --faint: #9cc7cf; --held: #c2410c; --good: #2b7a3d; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root {
  --page: #131518; --card: #1b1e22; --ink: #e8e6e1; --soft: #9aa1a9; --line: #2c3137; --grid: #262a30;
  --strong: #56c2d6; --faint: #2f5f6a; --held: #f59e5b; --good: #7bc98c; --bad: #f2938c } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
header p { margin: 0; color: var(--soft) }
header .kind { font-size: .8rem; letter-spacing: .08em; text-transform: uppercase }
h1 { font-size: clamp(1.7rem, 5vw, 2.4rem); line-height: 1.15; margin: .2rem 0 .4rem; letter-spacing: -.015em; overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin: 2.75rem 0 .9rem; letter-spacing: -.005em }
h3 { font-size: .95rem; margin: 1.4rem 0 .5rem; color: var(--soft); font-weight: 600 }
.figures { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .75rem; margin: 1.75rem 0 .75rem; padding: 0; list-style: none }
.figures li { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem }
.figures .wide { grid-column: span 2 }
.figures b { display: block; font-size: 1.45rem; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; white-space: nowrap }
.figures .wide b { color: var(--held) }
.figures small { color: var(--soft); font-size: .82rem }
.notice { border-left: 3px solid var(--held); background: var(--card); padding: .6rem .9rem; margin: .75rem 0; border-radius: 0 .4rem .4rem 0 }
.plots { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .75rem }
.plot { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem .7rem; min-width: 0; break-inside: avoid }
.plot.large { grid-column: 1 / -1 }
figcaption { display: flex; flex-wrap: wrap; gap: .1rem 1rem; align-items: baseline; margin-bottom: .9rem; font-size: .85rem; color: var(--soft) }
figcaption .name { font-size: .95rem; font-weight: 600; color: var(--ink) }
.note { margin-left: auto }
.legend { display: flex; gap: 1rem }
.legend span::before { content: ""; display: inline-block; width: 1.1em; height: 0; border-top: 2.5px solid; margin-right: .4em; vertical-align: .22em }
.legend .faint::before { color: var(--faint) } .legend .strong::before { color: var(--strong) } .legend .held::before { color: var(--held) }
.frame { position: relative; padding: 0 .4rem 1.5rem 3.6rem }
.frame svg { display: block; width: 100%; height: 8rem; overflow: visible }
.large .frame svg { height: clamp(12rem, 34vw, 19rem) }
.up, .across { position: absolute; font-size: .75rem; color: var(--soft); line-height: 1 }
.up { left: 0; top: 0; width: 3.1rem; height: calc(100% - 1.5rem) }
.up span { position: absolute; right: 0; transform: translateY(-50%) }
.across { left: 3.6rem; right: .4rem; bottom: 0; height: .9rem }
.across span { position: absolute; transform: translateX(-50%) }
polyline, .grid { fill: none; vector-effect: non-scaling-stroke }
.grid { stroke: var(--grid); stroke-width: 1 }
polyline.faint { stroke: var(--faint); stroke-width: 1.1 }
polyline.strong { stroke: var(--strong); stroke-width: 2.2; stroke-linejoin: round }
polyline.held { stroke: var(--held); stroke-width: 1.8; stroke-dasharray: 5 4 }
polyline.mark { stroke-width: 9; stroke-linecap: round; stroke-dasharray: none }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden }
table { width: 100%; border-collapse: collapse; font-size: .92rem }
th, td { text-align: left; vertical-align: top; padding: .5rem 1rem; border-top: 1px solid var(--line) }
tr:first-child > * { border-top: 0 }
thead th { font-size: .8rem; color: var(--soft); font-weight: 600 }
tbody th { font-weight: 400; color: var(--soft); width: 14rem }
td { overflow-wrap: anywhere }
.number { text-align: right; white-space: nowrap }
.better { color: var(--good) } .worse { color: var(--bad) }
.record p { margin: 0; white-space: pre-wrap } .record .role { color: var(--soft); font-size: .78rem }
.record p + .role { display: block; margin-top: .35rem }
code { font: .86em/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem }
@media (max-width: 40rem) {
  main { padding: 1.5rem .9rem 3rem } .plots { grid-template-columns: minmax(0, 1fr) }
  .records thead { display: none } .records tr { display: flex; flex-wrap: wrap; border-top: 1px solid var(--line); padding: .5rem .75rem }
  .records tr:first-child, .records td { border: 0 } .records td { padding: .1rem .75rem .1rem 0 } .records .record { flex: 1 0 100% }
  .records .number::before { content: attr(data-label) " "; color: var(--soft); font-size: .78rem }
  th, td { padding: .45rem .75rem } tbody th { width: 38% } .note { margin-left: 0 }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)) } .figures b { font-size: 1.3rem } }
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #555; --line: #ccc; --grid: #e5e5e5;
    --strong: #0b7285; --faint: #9cc7cf; --held: #c2410c; --good: #2b7a3d; --bad: #b3261e }
  body { font-size: 11px } main { max-width: none; padding: 0 } h2 { break-after: avoid } tr { break-inside: avoid } }
`
