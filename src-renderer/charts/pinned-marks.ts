import type { CustomSeriesOption } from 'echarts/charts'
import type { ChartPalette } from './chart-palette'
import { labelFontPixels, placeLabels, textWidth, type Box, type PlacedLabel } from './place-labels'
import type { PlottedTrial } from './plotted-trials'
import { isReference } from './series-style'
import { referencesOf, referenceText } from './trade-off-series'

const ringRadius = 10
/** Around the middle of a mark that is not pinned. */
const markRadius = 6
/** Beyond so many marks a name cannot go around them all. */
const mostAvoided = 200

/** What is used of the way from values to pixels. */
type ToPixel = (value: number[]) => number[]

/**
 * A ring around every pinned mark, with a name that lies on no other name, ring, reference or edge; a name that finds no
 * place is left to the list of pins.
 */
export function pinnedMarks(
  plotted: readonly PlottedTrial[],
  pins: ReadonlyMap<string, string>,
  palette: ChartPalette
): CustomSeriesOption & { readonly data: readonly { readonly name: string; readonly value: number[] }[] } {
  const pinned = plotted.filter(({ trial }) => pins.has(trial.trialId))
  const data = pinned.map(({ trial, cost, errorPercent }) => ({
    name: pins.get(trial.trialId) ?? '',
    value: [cost, errorPercent]
  }))
  return {
    type: 'custom',
    id: 'pinned',
    silent: true,
    z: 5,
    encode: { x: 0, y: 1 },
    data,
    renderItem: (params, api) => {
      // Of this round of drawing only: in the next one the chart may have another size.
      const round = params.context as { places?: readonly (PlacedLabel | undefined)[] }
      const toPixel: ToPixel = (value) => api.coord(value)
      round.places ??= placesOf({ plotted, pins }, data, toPixel, params.coordSys as unknown as Box)
      const [x = 0, y = 0] = toPixel([Number(api.value(0)), Number(api.value(1))])
      const ring = {
        type: 'circle',
        shape: { cx: x, cy: y, r: ringRadius },
        style: { fill: 'none', stroke: palette.ink, lineWidth: 1.75 }
      } as const
      const place = round.places[params.dataIndex]
      return { type: 'group', children: [ring, ...(place === undefined ? [] : nameAt(place, x, y, palette))] }
    }
  }
}

/** Where the label of a mark stands that says how much it keeps. */
function keptBox(x: number, y: number): Box {
  return { x: x + markRadius, y: y - 16, width: 38, height: 14 }
}

/** Finds the places of all names at once: each must know the rings of the others. */
function placesOf(
  { plotted, pins }: { plotted: readonly PlottedTrial[]; pins: ReadonlyMap<string, string> },
  data: readonly { readonly name: string; readonly value: number[] }[],
  toPixel: ToPixel,
  { x, y, width, height }: Box
): readonly (PlacedLabel | undefined)[] {
  const wishes = data.map(({ name, value }) => {
    const [x = 0, y = 0] = toPixel(value)
    return { x, y, text: name }
  })
  const others = plotted.length > mostAvoided ? [] : plotted
  return placeLabels(wishes, {
    area: { x, y, width, height },
    taken: [
      ...wishes.map((wish) => around(wish.x, wish.y, ringRadius)),
      ...referenceBoxes(plotted, toPixel, x, width)
    ],
    avoided: others.flatMap(({ trial, cost, errorPercent }) => {
      const [x = 0, y = 0] = toPixel([cost, errorPercent])
      const mark = around(x, y, markRadius)
      return isReference(trial) || pins.has(trial.trialId) ? [mark] : [mark, keptBox(x, y)]
    }),
    distance: ringRadius + 4
  })
}

/** Where the names of the lines across stand: at the end where the cost begins, the first above its line. */
function referenceBoxes(
  plotted: readonly PlottedTrial[],
  toPixel: ToPixel,
  left: number,
  width: number
): Box[] {
  const [low = 0, high = 0] = [0, 1].map((cost) => toPixel([cost, 1])[0])
  return referencesOf(plotted).map((reference, index) => {
    const [, y = 0] = toPixel([reference.cost, reference.errorPercent])
    const box = { width: textWidth(referenceText(reference)) + 8, height: 20 }
    return { ...box, x: high >= low ? left : left + width - box.width, y: index === 0 ? y - box.height : y }
  })
}

function around(x: number, y: number, radius: number): Box {
  return { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius }
}

function nameAt({ box, text, side, isShifted }: PlacedLabel, x: number, y: number, palette: ChartPalette) {
  const end = side === 'left' ? box.x + box.width : box.x
  const name = {
    type: 'text',
    style: {
      text,
      x: end,
      y: box.y + box.height / 2,
      align: side === 'left' ? ('right' as const) : ('left' as const),
      verticalAlign: 'middle' as const,
      fill: palette.ink,
      font: `bold ${labelFontPixels}px system-ui, sans-serif`,
      stroke: palette.panel,
      lineWidth: 3,
      // Its place was found for this width: a wider font is cut rather than laid on something.
      width: box.width,
      overflow: 'truncate' as const
    }
  } as const
  if (!isShifted) return [name]
  const middle = box.y + box.height / 2
  const length = Math.hypot(end - x, middle - y)
  const lead = {
    type: 'line',
    shape: {
      x1: x + (ringRadius * (end - x)) / length,
      y1: y + (ringRadius * (middle - y)) / length,
      x2: end,
      y2: middle
    },
    style: { stroke: palette.ink, lineWidth: 1, opacity: 0.6 }
  } as const
  return [lead, name]
}
