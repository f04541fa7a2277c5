import type { CustomSeriesOption } from 'echarts/charts'
import type { PlottedTrial } from './plotted-trials'

/** Half the width of the cross stroke at the ends of a bar, in pixels. */
const capPixels = 3

/**
 * The confidence intervals of some trials as thin vertical bars. A bar whose lower end lies below `floorPercent` is
 * drawn down to there and left open: a logarithmic axis has no place for zero.
 */
export function errorBars(
  name: string,
  trials: readonly PlottedTrial[],
  color: string,
  floorPercent: number
): CustomSeriesOption & { readonly data: number[][] } {
  const data = trials.map(({ cost, interval }) => [cost, interval.lowerPercent, interval.upperPercent])
  return {
    type: 'custom',
    id: `${name}: 95 % interval`,
    silent: true,
    clip: true,
    z: 1,
    encode: { x: 0, y: [1, 2] },
    data,
    renderItem: (_params, api) => {
      const cost = Number(api.value(0))
      const lower = Number(api.value(1))
      const [x = 0, top = 0] = api.coord([cost, Number(api.value(2))])
      const [, bottom = 0] = api.coord([cost, Math.max(lower, floorPercent)])
      const stroke = (x1: number, y1: number, x2: number, y2: number) =>
        ({
          type: 'line',
          shape: { x1, y1, x2, y2 },
          style: { stroke: color, lineWidth: 1, opacity: 0.6 }
        }) as const
      const cap = (y: number) => stroke(x - capPixels, y, x + capPixels, y)
      return {
        type: 'group',
        children: [stroke(x, top, x, bottom), cap(top), ...(lower < floorPercent ? [] : [cap(bottom)])]
      }
    }
  }
}
