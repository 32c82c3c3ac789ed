/**
 * The page's looks: light and dark, wide and narrow. The colours of series are Okabe and Ito's, distinguishable with all kinds of
 * colour vision: https://jfly.uni-koeln.de/color/.
 * @module
 */
export const STYLE = `
:root {
  --ink: #1c1c1a; --soft: #5b5b57; --faint: #dedbd3; --paper: #fbfaf7; --card: #ffffff;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #b0508a; --peer: #8a877f; --link: #005a8e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #ecebe6; --soft: #a9a7a0; --faint: #3a3a37; --paper: #171716; --card: #1f1f1d;
    --c0: #56b4e9; --c1: #e69f00; --c2: #2fc79a; --c3: #dd8fbd; --peer: #85827a; --link: #7cc4f0;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 20px 16px 60px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { margin: 0 0 12px; font-size: 1.6rem; line-height: 1.2; }
h2 { margin: 48px 0 0; font-size: 1.25rem; }
a { color: var(--link); }
.asks { margin: 0 0 14px; color: var(--soft); }
.run { margin: 0 0 14px; color: var(--soft); font-size: 0.85rem; }
.machine { display: grid; grid-template-columns: max-content 1fr; gap: 0 14px; margin: 0 0 14px; font-size: 0.85rem; }
.machine dt { color: var(--soft); }
.machine dd { margin: 0; min-width: 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: 4px 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 16px; margin-bottom: 16px; align-items: start; }
figure { margin: 0; padding: 14px; max-width: 640px; background: var(--card); border: 1px solid var(--faint); border-radius: 8px; }
figcaption { margin-bottom: 6px; font-weight: 600; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
svg .label, svg .number { fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
svg .number { font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--faint); fill: none; }
svg .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
svg .line.ceiling { stroke-dasharray: 6 4; }
svg .spread { fill: none; stroke-width: 1.4; opacity: 0.6; }
svg path.ceiling { stroke: var(--ink); } svg circle.ceiling { fill: var(--ink); }
svg path.series0 { stroke: var(--c0); } svg circle.series0 { fill: var(--c0); }
svg path.series1 { stroke: var(--c1); } svg circle.series1 { fill: var(--c1); }
svg path.series2 { stroke: var(--c2); } svg circle.series2 { fill: var(--c2); }
svg path.series3 { stroke: var(--c3); } svg circle.series3 { fill: var(--c3); }
svg rect.jumpfill, svg circle.jumpfill { fill: var(--c0); }
svg rect.peer, svg rect.fill, svg circle.peer, svg circle.fill { fill: var(--peer); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 0.85rem; }
.swatch { display: inline-block; width: 22px; margin-right: 7px; border-top: 3px solid; vertical-align: middle; }
.swatch.ceiling { border-top-style: dashed; border-color: var(--ink); }
.swatch.series0 { border-color: var(--c0); } .swatch.series1 { border-color: var(--c1); }
.swatch.series2 { border-color: var(--c2); } .swatch.series3 { border-color: var(--c3); }
.scroll { overflow-x: auto; margin: 0 0 16px; }
table { border-collapse: collapse; min-width: min(100%, 560px); font-size: 0.85rem; font-variant-numeric: tabular-nums; }
caption { padding: 6px 0; text-align: left; font-weight: 600; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--faint); white-space: nowrap; }
thead th { color: var(--soft); font-weight: 400; }
tbody th { font-weight: 400; }
tr.ceiling th, tr.ceiling td { font-weight: 600; }
.left { text-align: left; } .right { text-align: right; }
.notes { padding-left: 18px; color: var(--soft); font-size: 0.85rem; max-width: 76ch; }
@media (max-width: 640px) { tbody th { min-width: 9rem; white-space: normal; } }
@media print { .scroll { overflow: visible; } figure { break-inside: avoid; } }
`;
