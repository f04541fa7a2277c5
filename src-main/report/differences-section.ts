import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts'
import type { EChartsCoreOption } from 'echarts/core'
import { formatDifference } from '@contract/display-numbers'
import type { RateDifferenceReport, TrialReport } from '@contract/trial'
import type { ChartPalette } from '../../src-renderer/charts/chart-palette'
import { seriesColor } from '../../src-renderer/charts/series-style'
import { Html, html } from './html'
import { renderChart } from './render-chart'
import { pagePalette } from './report-palette'

/** A difference that can be drawn. */
export interface NamedDifference extends RateDifferenceReport {
  readonly name: string
  readonly color: string
}

/** All in pixels. Names longer than their room are cut. */
const layout = { width: 600, row: 22, names: 180, numbers: 172, top: 8, bottom: 44 }

/**
 * Points beyond which a difference is not drawn to scale: a tier that is 90 points worse would press all those that are
 * worth a look into one line. Its number stands beside it.
 */
const longestDrawnPoints = 15

/** How far each tier is from the baseline and from plain int8, drawn and sorted; empty without differences. */
export function differencesSection(trials: readonly TrialReport[], bootstrapUnit: string): Html[] {
  const figures = [
    differenceFigure('Against the baseline', differencesOf(trials, 'versusBaseline')),
    differenceFigure('Against plain int8', differencesOf(trials, 'versusInt8'))
  ].flat()
  if (figures.length === 0) return []
  return [
    html`<p>
        Error rate of each tier minus that of the reference, in percentage points, over the same recordings: a
        bar that does not touch zero is more than the choice of recordings explains. Paired bootstrap over
        ${bootstrapUnit}s, 1000 draws, 95 %. Left is better; an arrow stands for a tier beyond the scale.
      </p>
      <div class="charts">${figures}</div>`
  ]
}

function differencesOf(
  trials: readonly TrialReport[],
  member: 'versusBaseline' | 'versusInt8'
): NamedDifference[] {
  return trials
    .flatMap((trial) => {
      const versus = trial[member]
      return versus === undefined
        ? []
        : [{ ...versus, name: trial.name, color: seriesColor(trial.method, pagePalette) }]
    })
    .toSorted((a, b) => a.difference - b.difference)
}

function differenceFigure(title: string, differences: readonly NamedDifference[]): Html[] {
  if (differences.length === 0) return []
  const height = layout.top + layout.bottom + layout.row * differences.length
  const svg = renderChart(differencesOption(differences, pagePalette), { width: layout.width, height })
  return [
    html`<figure>
      <figcaption>${title}</figcaption>
      <div class="chart" role="img" aria-label="${title}: differences in error rate with intervals">
        ${new Html(svg)}
      </div>
    </figure>`
  ]
}

/** Intervals one below the other, the best on top, with a line at no difference and the numbers at the right. */
export function differencesOption(
  differences: readonly NamedDifference[],
  palette: ChartPalette
): EChartsCoreOption {
  const label = { color: palette.muted, fontSize: 11 }
  return {
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: layout.names + 12, right: layout.numbers + 12, top: layout.top, bottom: layout.bottom },
    xAxis: {
      type: 'value',
      ...drawnPoints(differences),
      name: 'percentage points',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: palette.muted },
      // Zero and round numbers matter more than where the axis happens to end.
      axisLabel: { ...label, showMinLabel: false, showMaxLabel: false },
      axisLine: { show: true, lineStyle: { color: palette.lineStrong } },
      splitLine: { lineStyle: { color: palette.line } }
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: differences.map(({ name }) => name),
      axisLabel: { ...label, color: palette.ink, interval: 0, width: layout.names, overflow: 'truncate' },
      axisLine: { show: false },
      axisTick: { show: false }
    },
    series: [zeroLine(palette), intervals(differences, palette)]
  }
}

/** The ends of the axis in whole points: all that is not beyond the scale, and zero. */
export function drawnPoints(differences: readonly NamedDifference[]): { min: number; max: number } {
  const ends = differences
    .filter(({ difference }) => Math.abs(difference * 100) <= longestDrawnPoints)
    .flatMap(({ lower, upper }) => [lower * 100, upper * 100])
  return { min: Math.floor(Math.min(-1, ...ends)), max: Math.ceil(Math.max(1, ...ends)) }
}

function zeroLine({ muted }: ChartPalette): LineSeriesOption {
  return {
    type: 'line',
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: muted, type: 'solid', width: 1 },
      data: [{ xAxis: 0 }]
    }
  }
}

/** Rows of [row, difference, lower, upper] in points, each limited to the axis; the text is the exact one. */
function intervals(differences: readonly NamedDifference[], palette: ChartPalette): CustomSeriesOption {
  const { min, max } = drawnPoints(differences)
  const limit = (fraction: number) => Math.min(max, Math.max(min, fraction * 100))
  return {
    type: 'custom',
    silent: true,
    clip: false,
    encode: { x: [1, 2, 3], y: 0 },
    data: differences.map(({ difference, lower, upper }, row) => [
      row,
      limit(difference),
      limit(lower),
      limit(upper)
    ]),
    renderItem: (params, api) => {
      const each = differences[params.dataIndex]
      if (each === undefined) return null
      const row = Number(api.value(0))
      const [center = 0, y = 0] = api.coord([api.value(1), row])
      const [left = 0] = api.coord([api.value(2), row])
      const [right = 0] = api.coord([api.value(3), row])
      const bar = { stroke: each.color, lineWidth: 2, opacity: 0.6 }
      return {
        type: 'group',
        children: [
          { type: 'line', shape: { x1: left, y1: y, x2: right, y2: y }, style: bar },
          isBeyond(each, max)
            ? {
                type: 'polygon',
                shape: {
                  points: [
                    [center - 7, y - 5],
                    [center, y],
                    [center - 7, y + 5]
                  ]
                },
                style: { fill: each.color }
              }
            : { type: 'circle', shape: { cx: center, cy: y, r: 4 }, style: { fill: each.color } },
          {
            type: 'text',
            x: layout.width - layout.numbers,
            y,
            style: {
              text: formatDifference(each),
              fill: palette.muted,
              font: '11px system-ui, sans-serif',
              verticalAlign: 'middle'
            }
          }
        ]
      }
    }
  }
}

function isBeyond({ difference }: NamedDifference, max: number): boolean {
  return difference * 100 > max
}
