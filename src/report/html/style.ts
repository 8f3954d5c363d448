import { markup } from './markup.ts';

const ink = markup`
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #fff; --ink: #1d2024; --soft: #5f6670; --rule: #e3e4e6; --track: #eceef0;
  --green: #1a7f45; --red: #c0272d; --amber: #9a6200; --blue: #1f62c9; --grey: #6d747e; --down: #c0272d1a; --gap: #6d747e2e; --violet: #7a3fc0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131518; --card: #1a1d21; --ink: #e6e8ea; --soft: #9aa2ad; --rule: #2c3036; --track: #23272c;
    --green: #4cc27e; --red: #ff7a78; --amber: #e0ab4a; --blue: #78aaff; --grey: #8a929d; --down: #ff7a7826; --gap: #8a929d33; --violet: #c29bff;
  }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #ccc; --track: #eee;
    --green: #1a7f45; --red: #c0272d; --amber: #9a6200; --blue: #1f62c9; --grey: #666; --down: #c0272d22; --gap: #6663; --violet: #7a3fc0;
  }
}
.done, .completed, .ok { --accent: var(--green); }
.failed, .left, .terminated, .timed_out { --accent: var(--red); }
.partly, .undone, .stopped, .skipped, .waiting { --accent: var(--amber); }
.warning { --accent: var(--amber); }
.critical { --accent: var(--red); }
.running, .planned { --accent: var(--blue); }
.pending, .omitted, .unreached, .canceled, .unknown { --accent: var(--grey); }
`;

const text = markup`
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 60rem; overflow-wrap: anywhere;
  background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
h2 { margin: 2.5rem 0 .75rem; font-size: .8rem; font-weight: 650; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); }
p { margin: .5rem 0; }
ul { margin: 0; padding-left: 1.2rem; }
li { margin: .35rem 0; }
code { font: .92em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
footer { margin-top: 3rem; font-size: .8rem; color: var(--soft); }
.outcome { margin: 0 0 1.25rem; font-size: 1.05rem; font-weight: 650; color: var(--accent); }
.outcome::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .45em; border-radius: 50%; background: var(--accent); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.5rem; margin: 0; }
.facts dt { color: var(--soft); }
.facts dt::first-letter { text-transform: uppercase; }
.facts dd { margin: 0; }
.alert { margin: 1.5rem 0 0; padding: .75rem 1rem; border-left: 3px solid var(--accent); background: var(--card); }
.alert h2 { margin: 0 0 .35rem; color: var(--accent); }
.alert p { margin: 0; }
.message { display: block; white-space: pre-line; color: var(--soft); }
.nobody { color: var(--red); }
.command { margin: .75rem 0 0; padding: .75rem 1rem; background: var(--track); border-radius: 4px; }
`;

const tables = markup`
table { width: 100%; border-collapse: collapse; }
th { padding: 0 1rem .4rem 0; text-align: left; font-weight: 500; font-size: .85rem; color: var(--soft); }
td { padding: .5rem 1rem .5rem 0; border-top: 1px solid var(--rule); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
.number { width: 2.5rem; color: var(--soft); }
.state { color: var(--accent); font-weight: 550; white-space: nowrap; }
.time { white-space: nowrap; color: var(--soft); }
.time, .number, .tick, .took { font-variant-numeric: tabular-nums; }
.note { color: var(--soft); }
.figures td { font-variant-numeric: tabular-nums; }
.weeks td[data-label] { white-space: nowrap; }
.figures .changed { font-weight: 650; }
.part td { border-top-style: dotted; }
.part .title { padding-left: 1rem; }
`;

const picture = markup`
.timeline { display: block; overflow: visible; }
.timeline text { fill: var(--ink); font: 12.5px system-ui, -apple-system, "Segoe UI", sans-serif; }
.timeline .tick, .timeline .took { fill: var(--soft); font-size: 11.5px; }
.timeline .grid { stroke: var(--rule); }
.timeline .track { fill: var(--track); }
.timeline .bar { fill: var(--accent); stroke: var(--accent); stroke-width: 1.5; }
.timeline .down { fill: var(--down); }
.plot .curve { fill: none; stroke: var(--soft); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.plot .dot { fill: var(--accent); stroke: var(--page); stroke-width: 1.5; }
.plot .miss { stroke: var(--accent); stroke-width: 2; }
.plot .goal { stroke: var(--green); stroke-width: 1.5; stroke-dasharray: 6 4; }
.plot .line { fill: none; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.plot .band { stroke: none; opacity: .16; }
.plot .limit { stroke: var(--accent); stroke-width: 1.2; stroke-dasharray: 6 4; }
.plot .limit-text { fill: var(--accent); font-size: 11.5px; }
.plot .gap { fill: var(--gap); }
.plot .cone { fill: var(--blue); fill-opacity: .16; stroke: var(--blue); stroke-opacity: .6; stroke-dasharray: 3 3; vector-effect: non-scaling-stroke; }
.line-0 { stroke: var(--blue); } .band.line-0 { fill: var(--blue); }
.line-1 { stroke: var(--violet); stroke-dasharray: 5 3; } .band.line-1 { fill: var(--violet); }
.line-2 { stroke: var(--green); stroke-dasharray: 2 3; } .band.line-2 { fill: var(--green); }
.line-3 { stroke: var(--grey); stroke-dasharray: 8 3 2 3; } .band.line-3 { fill: var(--grey); }
.legend svg { width: 1.8em; height: .8em; margin-right: .4em; vertical-align: -.05em; }
.legend svg line { stroke-width: 2; }
.legend i.grey { background: var(--gap); border: 0; }
.legend span { margin-right: 1.2em; white-space: nowrap; }
.caption { margin: 1.25rem 0 .25rem; }
.legend { font-size: .85rem; color: var(--soft); }
.legend i { display: inline-block; width: .9em; height: .9em; margin-right: .5em; vertical-align: -.1em; background: var(--down); border: 1px solid var(--red); }
`;

const places = markup`
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; }
  .facts { column-gap: 1rem; }
  thead { display: none; }
  table, tbody, tr, td { display: block; }
  tr { display: flex; flex-wrap: wrap; column-gap: .75rem; padding: .6rem 0; border-top: 1px solid var(--rule); }
  td { padding: 0; border: 0; }
  td:empty { display: none; }
  .number { width: 1.75rem; }
  .title { flex: 1 0 calc(100% - 2.5rem); }
  .steps .state { margin-left: 2.5rem; }
  .steps .note { flex: 1 0 100%; padding-left: 2.5rem; }
  .part .title { padding-left: 0; }
  .events .time, .events .note { flex: 1 0 100%; }
  .figures td { flex: 1 0 45%; }
  .weeks td { flex: 1 0 30%; }
  .figures td:first-child { flex: 1 0 100%; }
  .figures td[data-label]::before { content: attr(data-label) " "; display: block; font-size: .8rem; color: var(--soft); }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr, li, .alert, .timeline, .picture { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;

/** One colour a state, in light and dark; a table becomes cards where it would not fit; paper is white. */
export const style = [ink, text, tables, picture, places];
