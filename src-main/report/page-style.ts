import { colorTokens } from './report-palette'

/** The style sheet of the report: the window's colours, and a layout that also prints. */
export const pageStyle = `${colorTokens}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem var(--page-margin) 4rem; max-width: 84rem; background: var(--page); color: var(--ink); font: 15px/1.5 var(--sans); overflow-wrap: break-word; }
header { margin-bottom: 1.5rem; }
h1 { margin: 0 0 0.25rem; font-size: 1.7rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 0.75rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line-strong); font-size: 1.2rem; }
h3 { margin: 1rem 0 0.4rem; font-size: 1rem; }
p { margin: 0.5rem 0 0.75rem; max-width: 52rem; }
.lead { font-size: 1.05rem; }
.note, .note li, figcaption, small { color: var(--muted); font-size: var(--small); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin: 0.75rem 0 0; padding: 0; list-style: none; font-size: var(--small); }
a { color: var(--accent); }
.warnings { margin: 1rem 0; padding: 0; list-style: none; }
.warnings > li { margin: 0.5rem 0; padding: 0.6rem 0.9rem; border-left: 3px solid var(--failure); background: var(--failure-back); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 1rem; align-items: start; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr)); gap: 0.5rem; }
figure { margin: 0; padding: 0.75rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--panel); min-width: 0; }
figcaption { margin-bottom: 0.4rem; color: var(--ink); font-weight: 600; }
.chart svg { display: block; width: 100%; height: auto; }
.key { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; margin: 0 0 0.75rem; padding: 0; color: var(--muted); font-size: var(--small); list-style: none; }
.key li { display: flex; align-items: center; gap: 0.4rem; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: var(--radius); background: var(--panel); }
figure .wide { margin-top: 0.75rem; border: 0; }
.gates thead th + th { min-width: 10rem; }
table { width: 100%; border-collapse: collapse; font-size: var(--small); font-variant-numeric: tabular-nums; }
th, td { padding: 0.28rem 0.6rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; vertical-align: baseline; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { min-width: 3.5rem; color: var(--muted); font-weight: 600; vertical-align: bottom; white-space: normal; }
tbody th { min-width: 8rem; max-width: 18rem; white-space: normal; position: sticky; left: 0; background: var(--panel); font-weight: 500; }
figure tbody th { min-width: 0; }
.right { text-align: right; }
tr.beaten td, tr.failed td, tr.poisoned td, tr.cancelled td, tr.pending td { color: var(--muted); }
tr.best > * { background: color-mix(in srgb, var(--front) 14%, var(--panel)); }
td.passed span { color: var(--front); font-weight: 700; }
td.failed span { color: var(--failure); font-weight: 700; }
td.undecided span { color: var(--muted); font-weight: 700; }
.ranks { width: auto; }
.ranks thead th { min-width: 0; padding: 0.5rem 0.2rem; vertical-align: bottom; }
.ranks thead th:first-child { padding-left: 0.7rem; }
.ranks thead span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.ranks td { min-width: 3rem; padding: 0.2rem 0.4rem; border: 1px solid var(--panel); background: color-mix(in srgb, var(--whitened-svd) calc(var(--kept, 0%) * 0.55), var(--panel)); text-align: center; }
.ranks td.dense { --kept: 100%; font-style: italic; }
.ranks td.absent { background: none; }
details { margin: 0.4rem 0; }
summary { cursor: pointer; }
.words { min-width: 22rem; white-space: normal; }
.words small, td.stacked small { display: block; }
del { color: var(--failure); }
ins { color: var(--whitened-svd); text-decoration: underline; }
.wrong { white-space: nowrap; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 0.5rem 1.5rem; margin: 0.5rem 0; }
dl > div { min-width: 0; }
dt { color: var(--muted); font-size: var(--small); }
dd { margin: 0; overflow-wrap: anywhere; }
.hash, pre { font-family: var(--mono); font-size: 0.78rem; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--panel); }
@media (max-width: 40rem) { tbody th { min-width: 7rem; max-width: 10rem; } }
@media print {
  body { max-width: none; padding: 0; }
  nav { display: none; }
  figure, tr { break-inside: avoid; }
}
`
