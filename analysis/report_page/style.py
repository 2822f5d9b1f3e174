"""How the report looks: on a screen, on a phone, on paper."""

STYLE = """\
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
body { color: #1a1a1a; background: #fff; }
h1 { font-size: 1.6rem; margin: 1rem 0 .5rem; }
h2 { font-size: 1.4rem; margin: 2.5rem 0 .5rem; padding-top: 1rem; border-top: 3px solid #0072b2; overflow-wrap: anywhere; }
h3 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p, li, dd { max-width: 46rem; overflow-wrap: anywhere; }
a { color: #005a8c; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .5rem 0; padding: 0; list-style: none; }
nav a { display: inline-block; min-height: 1.5rem; }
.scroll { margin: .5rem 0 1rem; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid #0072b2; }
summary { cursor: pointer; padding: .35rem 0; font-weight: bold; }
table.numbers { border-collapse: collapse; font-size: .875rem; border-top: 2px solid; border-bottom: 2px solid; }
.numbers th, .numbers td { padding: .2rem .6rem; text-align: left; vertical-align: top; font-weight: normal; }
.numbers th, .numbers td { max-width: 22rem; overflow-wrap: break-word; }
.numbers thead th { font-weight: bold; vertical-align: bottom; border-bottom: 1px solid; }
.numbers tbody tr:nth-child(even) { background: #f4f4f4; }
.numbers .number { text-align: right; font-variant-numeric: tabular-nums; }
.numbers td.number { white-space: nowrap; }
@media screen { .numbers td:last-child:not(.number) { min-width: 14rem; } }
figure { margin: 1rem 0; }
figure .scroll { margin: 0; }
figure img { display: block; width: 100%; min-width: 36rem; max-width: 46rem; height: auto; }
figcaption { font-size: .875rem; color: #444; }
dl { display: grid; grid-template-columns: minmax(8rem, 16rem) minmax(0, 1fr); gap: .35rem 1rem; }
dt { font-weight: bold; }
dd { margin: 0; white-space: pre-line; }
.methods { padding: .5rem 1rem; border-left: .3rem solid #0072b2; background: #f4f4f4; }
@media (max-width: 40rem) {
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .6rem; }
}
@media print {
  @page { margin: 15mm; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  nav { display: none; }
  .study + .study { break-before: page; }
  h2, h3, summary { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .scroll { overflow: visible; }
  figure img { width: auto; min-width: 0; max-width: 100%; max-height: 23cm; }
  thead { display: table-header-group; }
  table.numbers { font-size: 7pt; }
  .numbers th, .numbers td { padding: .1rem .3rem; }
  .numbers td.number { white-space: normal; }
}"""
