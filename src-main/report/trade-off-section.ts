import { costAxes, type CostName } from '../../src-renderer/charts/cost-axis'
import { plotTrials, suggestErrorScale } from '../../src-renderer/charts/plotted-trials'
import { markBox, markPath, markSize } from '../../src-renderer/charts/series-mark'
import { listSeries, seriesColor } from '../../src-renderer/charts/series-style'
import { tradeOffOption } from '../../src-renderer/charts/trade-off-option'
import type { TrialReport } from '@contract/trial'
import { Html, html, noHtml } from './html'
import { renderChart } from './render-chart'
import { pagePalette, printPalette } from './report-palette'

/** What tiers are plotted against, in the order of the charts. */
const plottedCosts = ['size', 'parameters', 'macs', 'latency'] as const satisfies readonly CostName[]

/** Half the page: text of 12 px stays readable when two charts stand side by side. */
const chartSize = { width: 560, height: 380 }

/** The same chart as in the window, once per kind of cost. */
export function tradeOffSection(trials: readonly TrialReport[]): Html {
  const errorScale = suggestErrorScale(trials)
  const figures = plottedCosts.flatMap((cost) => {
    if (plotTrials(trials, costAxes[cost], errorScale).plotted.length === 0) return []
    const svg = renderChart(tradeOffOption({ trials, cost, errorScale, palette: pagePalette }), chartSize)
    return [
      html`<figure>
        <div
          class="chart"
          role="img"
          aria-label="Error rate against ${costAxes[cost].label.toLowerCase()}; the table below has the numbers"
        >
          ${new Html(svg)}
        </div>
      </figure>`
    ]
  })
  if (figures.length === 0) return html`<p>No trial has been measured yet.</p>`
  return html`${chartKey(trials)}
    <div class="charts">${figures}</div>
    ${errorScale === 'logarithmic' ? html`<p class="note">Error axes are logarithmic: every line is twice the one below.</p>` : noHtml}`
}

/** The key of a chart on its own. */
const keyColumns = 3
const keyRowHeight = 20

/** The chart alone, in colours of its own. */
export function tradeOffSvg(trials: readonly TrialReport[], cost: CostName): string {
  const errorScale = suggestErrorScale(trials)
  const palette = printPalette()
  const option = tradeOffOption({ trials, cost, errorScale, palette })
  const names = listSeries(trials.filter(({ state }) => state === 'completed')).map(({ name }) => name)
  const rows = Math.ceil(names.length / keyColumns)
  const alone = {
    ...option,
    backgroundColor: palette.panel,
    grid: { left: 44, right: 24, top: 34, bottom: 60 + rows * keyRowHeight },
    // On the page a key stands above all charts; a chart on its own needs one inside. Without a browser texts cannot be
    // measured, so that names in one row may overlap: columns of fixed places cannot.
    legend: Array.from({ length: keyColumns }, (_, column) => ({
      orient: 'vertical',
      left: 16 + column * 232,
      top: 460,
      itemGap: keyRowHeight - 14,
      data: names.slice(column * rows, (column + 1) * rows),
      textStyle: { color: palette.ink, fontSize: 11 }
    }))
  }
  return `${renderChart(alone, { width: 720, height: 470 + rows * keyRowHeight })}\n`
}

function chartKey(trials: readonly TrialReport[]): Html {
  const entries = listSeries(trials.filter(({ state }) => state === 'completed')).map((series) => {
    const color = seriesColor(series.method, pagePalette)
    const mark = html`<path d="${markPath(series)}" fill="${color}" />`
    return html`<li>${glyph(mark, markBox(series), markSize(series, 12))}${series.name}</li>`
  })
  const hollow = html`<circle cx="6" cy="6" r="4.2" fill="none" stroke="var(--muted)" stroke-width="1.5" />`
  const stairs = html`<path d="M1 2H6V10H11" fill="none" stroke="var(--front)" stroke-width="2" />`
  const bar = html`<path d="M6 1V11M3 1H9M3 11H9" fill="none" stroke="var(--muted)" />`
  return html`<ul class="key">
    ${entries}
    ${trials.some(({ dominatedByInt8 }) => dominatedByInt8) ? html`<li>${glyph(hollow)}hollow: int8 alone is better</li>` : noHtml}
    <li>${glyph(stairs)}least error measured up to that cost</li>
    <li>${glyph(bar)}95 % interval</li>
  </ul>`
}

function glyph(shape: Html, box = '0 0 12 12', size = 12): Html {
  return html`<svg viewBox="${box}" width="${size}" height="${size}" aria-hidden="true">${shape}</svg>`
}
