/** A chart as a picture, drawn apart from the page. */
import { init, type EChartsCoreOption } from 'echarts/core'
import { imageSize } from '../app/svg-to-png'

/**
 * The chart as an SVG document. Needs the chart types and `SVGRenderer` to be registered, as the component that shows
 * the chart does.
 *
 * - `background` colour below the chart: a picture that leaves the page must be readable on any other.
 */
export function chartSvg(option: EChartsCoreOption, background: string, size = imageSize): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size })
  try {
    const { tooltip: _, ...still } = option
    chart.setOption({ ...still, animation: false, backgroundColor: background })
    return chart.renderToSVGString({ useViewBox: true })
  } finally {
    chart.dispose()
  }
}
