/**
 * The page's style: light and dark, wide and narrow. Blue and orange are Okabe and Ito's, which all kinds of colour vision
 * distinguish: https://jfly.uni-koeln.de/color/. Text has a contrast of at least 4.5 to its background, lines and areas 3.
 * @module
 */
export const STYLE = `
:root {
  --ink: #1c1c1a; --soft: #5b5b57; --faint: #dedbd3; --paper: #f7f5f0; --card: #ffffff;
  --found: #2a7ab0; --area: #b9d8ec; --dot: #0072b2; --theory: #c24f00; --link: #005a8e;
  --good: #1b6e45; --good-paper: #e3f3ea; --bad: #a8281d; --bad-paper: #fbe7e4; --plain-paper: #eceae4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #ecebe6; --soft: #aeaca5; --faint: #3d3d3a; --paper: #141413; --card: #1e1e1c;
    --found: #5aa9dc; --area: #1c4763; --dot: #56b4e9; --theory: #f0a63a; --link: #7cc4f0;
    --good: #7fd6a8; --good-paper: #17322450; --bad: #ff9d92; --bad-paper: #4a1d1850; --plain-paper: #2b2b28;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1240px; padding: 24px 16px 64px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
h1 { margin: 0 0 10px; font-size: 1.7rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 36px 0 6px; font-size: 1.2rem; }
h3 { margin: 0; font-size: 1rem; line-height: 1.3; }
a { color: var(--link); }
ul { margin: 0; padding: 0; list-style: none; }
.summary { display: flex; flex-wrap: wrap; gap: 8px; margin: 0 0 16px; }
.badge { display: inline-block; padding: 1px 9px; border-radius: 99px; background: var(--plain-paper); color: var(--ink); font-size: 0.82rem; white-space: nowrap; }
.summary .badge { padding: 4px 13px; font-size: 0.95rem; }
.badge.expected { background: var(--good-paper); color: var(--good); }
.badge.unexpected { background: var(--bad-paper); color: var(--bad); }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 1px 16px; margin: 0; font-size: 0.88rem; }
.facts dt { color: var(--soft); max-width: 34vw; } .facts dd { margin: 0; }
.warnings li { margin: 4px 0; padding-left: 14px; border-left: 3px solid var(--bad); font-size: 0.92rem; }
.key { margin: 0 0 12px; color: var(--soft); font-size: 0.88rem; }
.sample { display: inline-block; width: 22px; vertical-align: middle; }
.sample.area { height: 11px; border: 1px solid var(--found); background: var(--area); }
.sample.dash { border-top: 2.5px solid var(--theory); }
.sample.dot { width: 9px; height: 9px; border-radius: 9px; background: var(--dot); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; }
figure, .card { margin: 0; padding: 14px 16px; background: var(--card); border: 1px solid var(--faint); border-radius: 10px; }
figure { max-width: 640px; }
figcaption { font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 16px; align-items: start; }
.card { min-width: 0; scroll-margin-top: 12px; }
.card:target { border-color: var(--dot); box-shadow: 0 0 0 2px var(--dot); }
.form { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: baseline; margin: 2px 0 0; color: var(--soft); font-size: 0.85rem; }
.form .badge { margin-left: auto; }
.init { margin: 2px 0 0; color: var(--soft); font-size: 0.8rem; }
.reasons { margin: 6px 0 0; color: var(--bad); font-size: 0.85rem; }
svg { display: block; width: 100%; height: auto; margin-top: 8px; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.found { fill: var(--area); stroke: var(--found); stroke-width: 0.8; }
.theory { fill: none; stroke: var(--theory); stroke-width: 1.8; stroke-linejoin: round; }
.overview circle { fill: var(--dot); }
.overview a:focus-visible circle { stroke: var(--ink); stroke-width: 2; }
.axis, .grid { fill: none; stroke: var(--faint); }
.axis { stroke: var(--soft); }
table { border-collapse: collapse; font-size: 0.85rem; }
.figures { width: 100%; margin-top: 6px; table-layout: fixed; }
.figures th:first-child { width: 34%; }
th, td { padding: 2px 0; border-bottom: 1px solid var(--faint); font-weight: 400; text-align: left; }
tr:last-child > * { border-bottom: 0; }
thead th, .figures tbody th { color: var(--soft); }
.figures td, .figures thead th { text-align: right; }
.notes { margin: 6px 0 0; color: var(--soft); font-size: 0.82rem; }
.bad, td.unexpected { color: var(--bad); } td.expected { color: var(--good); }
.warnings details { margin-top: 8px; } main details { margin-top: 28px; } summary { cursor: pointer; color: var(--link); }
.scroll { overflow-x: auto; margin-top: 8px; max-height: 70vh; }
.scroll th, .scroll td { padding: 3px 14px 3px 0; white-space: nowrap; }
.scroll tbody th { min-width: 9rem; white-space: normal; }
.scroll .number { text-align: right; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.scroll, .figures { position: relative; }
@media (max-width: 640px) { .overview text { font-size: 14px; } .histogram text { font-size: 12.5px; } .form .badge { margin-left: 0; } }
@media print { .card, figure { break-inside: avoid; } }
`;
