import type { LineSeriesOption } from 'echarts/charts'
import type { EChartsCoreOption } from 'echarts/core'
import type { MatrixSpectrum, ModelSpectra, SpectrumCurve } from '@contract/spectra'
import type { ChartPalette } from '../../src-renderer/charts/chart-palette'
import { Html, html, noHtml } from './html'
import { renderChart } from './render-chart'
import { pagePalette } from './report-palette'

/** Two stand side by side in half a page. */
const chartSize = { width: 290, height: 220 }

/** How fast the singular values of each matrix fall, a pair of charts per role; empty without matrices. */
export function spectraSection({ matrices }: ModelSpectra): Html[] {
  const roles = [...new Set(matrices.map(({ role }) => role))]
  if (roles.length === 0) return []
  const figures = roles.map((role) => {
    const members = matrices.filter((each) => each.role === role)
    return html`<figure>
      <figcaption>${role}</figcaption>
      <div class="pair">
        ${spectrumChart(`Singular values of ${role} layers`, singularValuesOption(members, pagePalette))}
        ${spectrumChart(`Energy kept in ${role} layers`, energyOption(members, pagePalette))}
      </div>
    </figure>`
  })
  const isWeighted = matrices.some(({ activationWeighted }) => activationWeighted !== null)
  return [
    html`<p>
        One line per matrix, later blocks stronger. Left: singular values over the largest. Right: share of
        the energy that a rank keeps. The dashed line is the rank above which two factors are larger than the
        matrix.
      </p>
      <ul class="key">
        <li>${lineGlyph(pagePalette.weightSvd)}the weight alone</li>
        ${
          isWeighted
            ? html`<li>${lineGlyph(pagePalette.whitenedSvd)}its outputs on the calibration set</li>`
            : noHtml
        }
      </ul>
      <div class="charts">${figures}</div>`
  ]
}

function lineGlyph(color: string): Html {
  return html`<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
    <path d="M0 6H12" stroke="${color}" stroke-width="2" />
  </svg>`
}

function spectrumChart(label: string, option: EChartsCoreOption): Html {
  return html`<div class="chart" role="img" aria-label="${label}">
    ${new Html(renderChart(option, chartSize))}
  </div>`
}

/** σ ÷ the largest σ of its curve against its place, counted from 1, on a logarithmic axis. */
export function singularValuesOption(
  matrices: readonly MatrixSpectrum[],
  palette: ChartPalette
): EChartsCoreOption {
  return spectrumOption(matrices, palette, {
    axis: { type: 'log', name: 'σ ÷ largest σ' },
    points: ({ indices, singularValues }) =>
      indices.flatMap((index, i) => {
        const share = (singularValues[i] ?? 0) / (singularValues[0] ?? 1)
        // A logarithmic axis has no place for zero.
        return share > 0 ? [[index + 1, share]] : []
      })
  })
}

/** Energy that a rank keeps, in percent, against the rank. */
export function energyOption(matrices: readonly MatrixSpectrum[], palette: ChartPalette): EChartsCoreOption {
  return spectrumOption(matrices, palette, {
    axis: { type: 'value', min: 0, max: 100, name: 'energy (%)' },
    points: ({ indices, discardedShares, length }) => [
      ...indices.map((index, i) => [index, 100 * (1 - (discardedShares[i] ?? 0))]),
      [length, 100]
    ]
  })
}

/** What is drawn of each curve. */
interface SpectrumView {
  readonly axis: {
    readonly type: 'log' | 'value'
    readonly name: string
    readonly min?: number
    readonly max?: number
  }
  readonly points: (curve: SpectrumCurve) => number[][]
}

function spectrumOption(
  matrices: readonly MatrixSpectrum[],
  palette: ChartPalette,
  view: SpectrumView
): EChartsCoreOption {
  const axis = {
    nameTextStyle: { color: palette.muted },
    axisLabel: { color: palette.muted, fontSize: 11 },
    axisLine: { show: true, lineStyle: { color: palette.lineStrong } },
    splitLine: { lineStyle: { color: palette.line } }
  }
  const series = matrices.flatMap(({ weight, activationWeighted }, index) => {
    const opacity = 0.3 + (0.7 * (index + 1)) / matrices.length
    return [
      curveLine(view.points(weight), palette.weightSvd, opacity),
      ...(activationWeighted === null
        ? []
        : [curveLine(view.points(activationWeighted), palette.whitenedSvd, opacity)])
    ]
  })
  return {
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 56, right: 16, top: 30, bottom: 34 },
    xAxis: { type: 'value', min: 0, name: 'rank', nameLocation: 'middle', nameGap: 22, ...axis },
    yAxis: { ...view.axis, ...axis, nameTextStyle: { color: palette.muted, align: 'left' } },
    series: [...series, breakEvenLines(matrices, palette)]
  }
}

function curveLine(data: number[][], color: string, opacity: number): LineSeriesOption {
  return { type: 'line', showSymbol: false, color, lineStyle: { width: 1.3, opacity }, data }
}

/** Layers of one role usually have one shape, and then one break-even rank. */
function breakEvenLines(matrices: readonly MatrixSpectrum[], palette: ChartPalette): LineSeriesOption {
  const ranks = [...new Set(matrices.map(({ breakEvenRank }) => breakEvenRank))]
  return {
    type: 'line',
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: palette.muted, type: 'dashed', width: 1 },
      data: ranks.map((xAxis) => ({ xAxis }))
    }
  }
}
