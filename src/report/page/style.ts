/**
 * How reports look: one column that fits a phone, light and dark as the reader's system is, and sober on paper.
 *
 * Colours are those of Okabe and Ito ("Color Universal Design", 2008), darkened or lightened for contrast: people who see
 * colours differently can tell them apart, and no meaning rests on colour alone.
 */
const LIGHT = `
  --page: #ffffff; --panel: #f6f7f9; --text: #16191d; --faint: #5b6470; --line: #d9dde3; --grid: #e8ebef; --shade: #16191d30;
  --series-1: #0072b2; --series-2: #d55e00; --series-3: #009e73; --series-4: #a0528a;
  --accent: #d55e00; --accent-text: #a84700;
  --live: #0072b2; --used: #8cc5ea; --committed: #e4e8ee;
  --slots: #0072b2; --blocks: #e69f00; --held: #a9d3ee; --free: #eceff3; --free-strong: #8a94a1;
  --good: #00704f; --good-page: #e9f6f1; --bad: #b3261e; --bad-page: #fdeeec;`;
const DARK = `
  --page: #14171b; --panel: #1c2026; --text: #e8eaed; --faint: #9aa4b1; --line: #363c45; --grid: #262b32; --shade: #e8eaed38;
  --series-1: #56b4e9; --series-2: #f0883e; --series-3: #2fc49a; --series-4: #d99ac6;
  --accent: #f0883e; --accent-text: #f6a46c;
  --live: #56b4e9; --used: #2b6a94; --committed: #2a3038;
  --slots: #56b4e9; --blocks: #e6a72e; --held: #2b5d80; --free: #22272e; --free-strong: #7d8794;
  --good: #5fd3ab; --good-page: #12291f; --bad: #ff8a80; --bad-page: #331a18;`;

export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: clamp(1.9rem, 5vw, 2.75rem); line-height: 1.1; letter-spacing: -0.02em; margin: 0.15em 0 0.35em; }
h2 { font-size: 1.35rem; letter-spacing: -0.01em; line-height: 1.25; margin: 2.75rem 0 0.75rem; }
h3 { font-size: 1.05rem; margin: 0 0 0.5rem; }
h4 { font-size: 0.9rem; margin: 0 0 0.25rem; line-height: 1.35; }
h4 small { color: var(--faint); font-weight: 400; }
p { max-width: 44rem; margin: 0 0 0.75rem; }
.eyebrow { margin: 0; color: var(--faint); font-size: 0.85rem; letter-spacing: 0.04em; }
.verdict { margin: 2rem 0 1.5rem; padding: 1.5rem clamp(1rem, 4vw, 2rem) 1.25rem; border-radius: 14px; }
.held { background: var(--good-page); } .held h1 { color: var(--good); }
.violated { background: var(--bad-page); } .violated h1 { color: var(--bad); }
.badge { display: inline-block; margin-right: 0.1em; }
.lead { font-size: 1.15rem; line-height: 1.5; }
.note, figcaption { color: var(--faint); font-size: 0.9rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1rem 1.5rem; margin: 0; }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 650; letter-spacing: -0.01em; line-height: 1.25; }
.figures dt { color: var(--faint); font-size: 0.85rem; line-height: 1.35; }
.command {
  margin: 0 0 0.75rem; padding: 0.8rem 1rem; background: var(--panel); border-radius: 8px; font-size: 0.875rem;
  white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; -webkit-user-select: all;
}
section > .note { margin-top: 0.75rem; }
.command span { display: inline-block; max-width: 100%; }
.charts { margin-top: 2.5rem; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.violations { padding-left: 1.4rem; } .violations li { margin-bottom: 0.4rem; }
.violations strong { color: var(--bad); } .violations small { color: var(--faint); }
.scroll {
  overflow-x: auto;
  background:
    linear-gradient(to right, var(--page) 2rem, transparent) 0 0 / 3rem 100% no-repeat local,
    linear-gradient(to left, var(--page) 2rem, transparent) 100% 0 / 3rem 100% no-repeat local,
    linear-gradient(to left, var(--shade), transparent) 100% 0 / 0.9rem 100% no-repeat scroll;
}
.hint { display: none; color: var(--faint); font-size: 0.8rem; margin: 0 0 0.35rem; }
.hint::after { content: " →"; }
.bad { color: var(--bad); font-weight: 650; }
table { border-collapse: collapse; font-size: 0.875rem; }
th, td { padding: 0.4rem 1.25rem 0.4rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { color: var(--faint); font-weight: 500; vertical-align: bottom; }
tbody th { font-weight: 500; position: sticky; left: 0; background: var(--page); }
.text { text-align: left; } .number { text-align: right; }
th:last-child, td:last-child { padding-right: 0; }
figure { margin: 0 0 3rem; }
figcaption { max-width: 44rem; margin: 0.75rem 0 0.5rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; margin: 0 0 0.9rem; padding: 0; list-style: none; font-size: 0.85rem; }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.45em; border-radius: 3px; border: 1px solid var(--line); }
.mark { margin-right: 0.4em; color: var(--faint); }
details { font-size: 0.9rem; } summary { cursor: pointer; color: var(--faint); padding: 0.25rem 0; }
details[open] summary { margin-bottom: 0.5rem; }
.panels { display: grid; gap: 1.5rem 1rem; }
.thirds { grid-template-columns: repeat(auto-fill, minmax(min(100%, 18.5rem), 1fr)); }
.halves { grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); }
.panel { min-width: 0; max-width: 34rem; }
.narrow { display: none; }
footer { margin-top: 3rem; padding-bottom: 2rem; color: var(--faint); font-size: 0.85rem; }
.plot { display: block; width: 100%; height: auto; overflow: visible; font: 12px system-ui, "Liberation Sans", Arial, sans-serif; }
.plot text { white-space: pre; font-variant-numeric: tabular-nums; }
.plot [aria-label$="grid"] { stroke: var(--grid); stroke-opacity: 1; }
.plot [aria-label$="tick"] { stroke: var(--line); }
.plot [aria-label$="tick label"] { fill: var(--faint); }
:focus-visible { outline: 2px solid var(--series-1); outline-offset: 2px; border-radius: 3px; }
@media (max-width: 44rem) {
  .wide { display: none; } .narrow, .hint { display: block; }
  .line { display: flex; gap: 1rem; overflow-x: auto; scroll-snap-type: x mandatory; padding-bottom: 0.5rem; }
  .line .panel { flex: 0 0 88%; scroll-snap-align: start; } .line .panel:only-child { flex-basis: 100%; }
  h2 { margin-top: 2.25rem; } figure { margin-bottom: 2.25rem; }
}
@media print {
  :root { ${LIGHT} }
  body { font-size: 10.5pt; } main, footer { max-width: none; padding: 0; }
  .verdict { border: 1px solid var(--line); } figure, .panel, tr { break-inside: avoid; }
  .halves { grid-template-columns: repeat(2, 1fr); } .thirds { grid-template-columns: repeat(3, 1fr); }
  .scroll { overflow: visible; background: none; } .hint { display: none; } table { font-size: 8.5pt; } th, td { padding-right: 0.6rem; }
  h2, h3 { break-after: avoid; } .wide { display: block; } .narrow, details { display: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
