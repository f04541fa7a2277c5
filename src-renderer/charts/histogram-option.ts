/** A histogram as a chart: bins of equal width against counts on a logarithmic axis, which shows outliers too. Pure. */
import type { BarSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { Histogram } from '@contract/inspect'
import { chartFont, numberAxis, tooltipStyle } from './chart-axis'
import type { ChartPalette } from './chart-palette'

export type HistogramOption = ComposeOption<BarSeriesOption | GridComponentOption | TooltipComponentOption>

export interface HistogramBin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** The bins one by one, with their edges. */
export function histogramBinsOf({ from, to, counts }: Histogram): HistogramBin[] {
  const edge = (index: number) => from + ((to - from) * index) / counts.length
  return counts.map((count, index) => ({ from: edge(index), to: edge(index + 1), count }))
}

export function histogramOption({
  histogram,
  xTitle,
  yTitle,
  palette
}: {
  readonly histogram: Histogram
  readonly xTitle: string
  readonly yTitle: string
  readonly palette: ChartPalette
}): HistogramOption {
  const bins = histogramBinsOf(histogram)
  return {
    animation: false,
    textStyle: chartFont,
    grid: { left: 56, right: 16, top: 12, bottom: 42 },
    tooltip: {
      trigger: 'item',
      ...tooltipStyle(palette),
      formatter: (params) => {
        const bin = bins[(Array.isArray(params) ? params[0] : params)?.dataIndex ?? -1]
        return bin === undefined
          ? ''
          : `${bin.from.toPrecision(3)} … ${bin.to.toPrecision(3)}: <b>${bin.count}</b>`
      }
    },
    xAxis: {
      type: 'category',
      data: bins.map(({ from, to }) => ((from + to) / 2).toPrecision(2)),
      ...numberAxis(xTitle, palette, 26),
      splitLine: { show: false }
    },
    // A logarithm has no zero: empty bins are left out, and a single value stands out from the axis.
    yAxis: { type: 'log', min: 0.5, ...numberAxis(yTitle, palette, 42) },
    series: [
      {
        type: 'bar',
        color: palette.weightSvd,
        barCategoryGap: '8%',
        data: bins.map(({ count }) => (count === 0 ? '-' : count))
      }
    ]
  }
}
