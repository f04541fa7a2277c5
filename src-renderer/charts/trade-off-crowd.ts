/** Thousands of trials on the trade-off chart: dots per method and above them what was chosen. */
import type { ScatterSeriesOption } from 'echarts/charts'
import type { TrialReport } from '@contract/trial'
import type { ChartPalette } from './chart-palette'
import type { PlottedTrial } from './plotted-trials'
import { markSize, seriesMark } from './series-mark'
import { faint, markStyle, type PlottedSeries } from './trade-off-series'

/** From this many trials on, marks are drawn as clouds: without lines, labels and most intervals. */
export const crowd = 400

/** Size of a chosen mark among dots. */
const markPixels = 10

/** Up to so many chosen trials get marks of their own; more are dots. */
const mostMarks = 250
/** ECharts draws marks below 4 pixels as rectangles in one go; larger ones as one path, which takes seconds. */
const dotSize = 3.5

/** All trials of one method, whatever their rank policy and number format: dots do not tell these apart. */
export interface Cloud {
  readonly method: TrialReport['method']
  readonly color: string
  readonly members: readonly { readonly each: PlottedTrial; readonly series: PlottedSeries }[]
  /** Cost, error and place among all trials of the study, one after the other [3 · members]. */
  readonly dots: Float64Array
}

/** The clouds of these series; `trials` are all trials of the study. */
export function cloudsOf(groups: readonly PlottedSeries[], trials: readonly TrialReport[]): Cloud[] {
  const rows = new Map(trials.map(({ trialId }, row) => [trialId, row]))
  const rowOf = (each: PlottedTrial) => rows.get(each.trial.trialId) ?? -1
  const methods = [...new Set(groups.map(({ series }) => series.method))]
  return methods.map((method) => {
    const ofMethod = groups.filter(({ series }) => series.method === method)
    const members = ofMethod.flatMap((series) => series.members.map((each) => ({ each, series })))
    return {
      method,
      color: ofMethod[0]?.color ?? '',
      members,
      dots: dotsOf(
        members.map(({ each }) => each),
        rowOf
      )
    }
  })
}

function dotsOf(members: readonly PlottedTrial[], rowOf: (each: PlottedTrial) => number): Float64Array {
  const dots = new Float64Array(3 * members.length)
  members.forEach((each, index) => dots.set([each.cost, each.errorPercent, rowOf(each)], 3 * index))
  return dots
}

/** Every member of the clouds as a dot, below what is chosen. */
export function cloudSeries(
  clouds: readonly Cloud[],
  chosen: ReadonlySet<string> | undefined
): ScatterSeriesOption[] {
  return clouds.map((cloud) => ({ ...cloudLook(cloud, chosen), ...dotsLook, data: cloud.dots }))
}

const dotsLook = {
  symbol: 'rect',
  symbolSize: dotSize,
  large: true,
  largeThreshold: 0,
  dimensions: ['cost', 'error', 'row']
} satisfies ScatterSeriesOption

function cloudLook({ method, color }: Cloud, chosen: ReadonlySet<string> | undefined): ScatterSeriesOption {
  return {
    type: 'scatter',
    id: `${method}, all`,
    name: method,
    z: 2,
    silent: chosen !== undefined,
    itemStyle: { color, opacity: chosen === undefined ? 0.7 : faint }
  }
}

/** The chosen members above the clouds: dots, or their marks as soon as few enough are chosen. */
export function chosenSeries(
  clouds: readonly Cloud[],
  palette: ChartPalette,
  chosen: ReadonlySet<string> | undefined
): ScatterSeriesOption[] {
  return clouds.map((cloud) => {
    const layer = { type: 'scatter', id: `${cloud.method}, chosen`, name: cloud.method, z: 3 } as const
    if (chosen !== undefined && chosen.size > mostMarks) {
      const look = { ...dotsLook, itemStyle: { color: cloud.color, opacity: 0.8 } }
      const data = chosenDots(cloud, chosen)
      // With no dot there is nothing to draw in one go, which ECharts takes for a mistake.
      return { ...layer, ...look, large: data.length > 0, data }
    }
    const marks = cloud.members.flatMap(({ each, series }, index) =>
      chosen?.has(each.trial.trialId) === true
        ? [
            {
              value: [...cloud.dots.subarray(3 * index, 3 * index + 3)],
              symbol: seriesMark(series.series),
              symbolSize: markSize(series.series, markPixels),
              itemStyle: markStyle(each.trial, cloud.color, palette)
            }
          ]
        : []
    )
    return {
      ...layer,
      large: false,
      symbolKeepAspect: true,
      symbolSize: markPixels,
      itemStyle: { color: cloud.color, opacity: 1 },
      data: marks
    }
  })
}

function chosenDots({ members, dots }: Cloud, chosen: ReadonlySet<string>): Float64Array {
  const kept = new Float64Array(dots.length)
  let length = 0
  for (let index = 0; index < members.length; index++) {
    if (!chosen.has(members[index]!.each.trial.trialId)) continue
    // One by one: a view for each of thousands of dots costs more than what it copies.
    for (let place = 3 * index; place < 3 * index + 3; place++) kept[length++] = dots[place]!
  }
  return kept.slice(0, length)
}
