/** Charts as SVG text. The only place of the report that knows ECharts' engine; options come from elsewhere. */
import { CustomChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'
import { withoutControlCharacters } from './html'

use([CustomChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, LabelLayout, SVGRenderer])

export interface ChartSize {
  readonly width: number
  readonly height: number
}

/**
 * The chart as one `<svg>` element with a view box, which scales with the width it is given. Needs no DOM; texts inside
 * are escaped by ECharts.
 */
export function renderChart(option: EChartsCoreOption, { width, height }: ChartSize): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    // Nobody points at a printed chart, and ECharts would want its tooltip component for the member.
    const { tooltip: _, ...still } = option
    chart.setOption({ ...still, animation: false })
    return withoutControlCharacters(chart.renderToSVGString({ useViewBox: true }))
  } finally {
    chart.dispose()
  }
}
