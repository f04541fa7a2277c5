/** The change in error per layer as a heat map. Pure; draws nothing itself. */
import type { EChartsCoreOption } from 'echarts/core'
import { formatDifference, signedPoints } from '@contract/display-numbers'
import { ablation as english, type AblationWords } from '../text/en/ablation'
import { sensitivityRanking, type Ablation, type AblationEntry } from './ablation'
import { chartFont, tooltipStyle } from './chart-axis'
import type { ChartPalette } from './chart-palette'
import { layerLabels } from './layer-labels'

/** What a chart component draws; components outside this room have no other name for it. */
export type ChartOption = EChartsCoreOption

export type HeatAxis = 'rank' | 'role'

/** Layers down, ranks or roles across; blocks down where roles are across. */
export interface HeatMap {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly cells: readonly { readonly row: number; readonly column: number; readonly entry: AblationEntry }[]
}

export interface HeatView {
  readonly axis: HeatAxis
  /** Only for roles across: the rank to show; undefined: the worst of each layer. */
  readonly rank?: number | undefined
  readonly words?: AblationWords['heat']
}

/** Below this many points a change is not given more colour: noise must look like noise. */
const leastPoints = 0.5
/** Beyond this many points all changes have the full colour, or one broken layer would bleach the others. */
const mostPoints = 10
/** Pixels, at the size of the labels. */
const widthOfLetter = 6.5
const leastLabelRoom = 60
const mostLabelRoom = 190
/** With more columns than this the numbers in the cells would touch. */
const mostLabelled = 14

export function heatMapOf(ablation: Ablation, view: HeatView): HeatMap {
  const { axis, rank, words = english.heat } = view
  // Where roles are across, several layers of a block may have one role, and several ranks are in one cell: the worst counts.
  const entries = axis === 'rank' ? ablation.entries : sensitivityRanking(ablation, rank)
  const labels = layerLabels(ablation.entries.map(({ layer }) => layer))
  const rowOf = ({ layer }: AblationEntry) => {
    if (axis === 'rank') return labels.get(layer.layerId) ?? layer.layerId
    return layer.blockIndex === null ? words.outside : words.block(layer.blockIndex)
  }
  const columnOf = ({ layer }: AblationEntry) =>
    axis === 'role' ? layer.role : layer.rank === null ? words.dense : String(layer.rank)
  const inOrder = entries.toSorted(
    (a, b) => (a.layer.blockIndex ?? Infinity) - (b.layer.blockIndex ?? Infinity) || 0
  )
  const rows = [...new Set(inOrder.map(rowOf))]
  const present = new Set(entries.map(columnOf))
  // In the order of the study: that of the ranking would change with every rank that is chosen.
  const columns = [...new Set(ablation.entries.map(columnOf))].filter((column) => present.has(column))
  if (axis === 'rank') columns.sort((a, b) => Number(a) - Number(b))
  const cells = new Map<string, HeatMap['cells'][number]>()
  for (const entry of entries) {
    const [row, column] = [rows.indexOf(rowOf(entry)), columns.indexOf(columnOf(entry))]
    const known = cells.get(`${row} ${column}`)
    if (known === undefined || entry.change.difference > known.entry.change.difference) {
      cells.set(`${row} ${column}`, { row, column, entry })
    }
  }
  return { rows, columns, cells: [...cells.values()] }
}

/** Height that gives every row room for its label, in pixels. */
export function heatMapHeight({ rows }: HeatMap): number {
  return 84 + 20 * rows.length
}

/** The width of the labels of the rows, in pixels; a longer one is cut short. */
function labelRoom({ rows }: HeatMap): number {
  const longest = Math.max(0, ...rows.map((row) => row.length))
  return Math.min(mostLabelRoom, Math.max(leastLabelRoom, widthOfLetter * longest))
}

/** Blue for fewer errors, orange for more, the colour of the panel for none; a dot where the change is significant. */
export function heatMapOption(
  map: HeatMap,
  palette: ChartPalette,
  words: AblationWords['heat'] = english.heat
): EChartsCoreOption {
  const label = { color: palette.muted, fontSize: 11 }
  const changes = map.cells.map(({ entry }) => Math.abs(entry.change.difference * 100))
  const reach = Math.min(mostPoints, Math.max(leastPoints, ...changes))
  const room = labelRoom(map)
  const hasNumbers = map.columns.length <= mostLabelled
  return {
    animation: false,
    textStyle: chartFont,
    grid: { left: room + 12, right: 16, top: 8, bottom: 70 },
    tooltip: {
      ...tooltipStyle(palette),
      trigger: 'item',
      formatter: (params: { readonly dataIndex: number }) =>
        tooltip(map.cells[params.dataIndex]?.entry, words)
    },
    xAxis: {
      type: 'category',
      data: [...map.columns],
      axisLabel: { ...label, hideOverlap: true },
      axisLine: { show: false },
      axisTick: { show: false }
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...map.rows],
      axisLabel: { ...label, color: palette.ink, width: room, overflow: 'truncate' },
      axisLine: { show: false },
      axisTick: { show: false }
    },
    visualMap: {
      type: 'continuous',
      min: -reach,
      max: reach,
      dimension: 2,
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemWidth: 12,
      itemHeight: 160,
      precision: 2,
      calculable: false,
      text: [words.worse, words.better],
      textStyle: { color: palette.muted, fontSize: 11 },
      inRange: { color: [palette.whitenedSvd, palette.panel, palette.weightSvd] }
    },
    series: [
      {
        type: 'heatmap',
        data: map.cells.map(({ row, column, entry }) => [column, row, entry.change.difference * 100]),
        itemStyle: { borderColor: palette.line, borderWidth: 1 },
        emphasis: { itemStyle: { borderColor: palette.ink, borderWidth: 1.5 } },
        label: {
          show: true,
          fontSize: 11,
          color: palette.ink,
          textBorderColor: palette.panel,
          textBorderWidth: 2,
          formatter: ({ dataIndex }: { readonly dataIndex: number }) =>
            cellText(map.cells[dataIndex]?.entry, hasNumbers)
        }
      }
    ]
  }
}

function cellText(entry: AblationEntry | undefined, hasNumber: boolean): string {
  if (entry === undefined) return ''
  return [
    ...(hasNumber ? [signedPoints(entry.change.difference)] : []),
    ...(entry.isSignificant ? ['●'] : [])
  ].join(' ')
}

/** Layer ids and names of trials come from files; the tooltip is HTML, so only what cannot hold markup stands in it. */
function tooltip(entry: AblationEntry | undefined, words: AblationWords['heat']): string {
  if (entry === undefined) return ''
  const { layer, change } = entry
  const place = layer.blockIndex === null ? layer.role : `${layer.blockIndex} ${layer.role}`
  const rank = layer.rank === null ? '' : `, ${words.ofRank(layer.rank)}`
  return `<b>${place} (${layer.inFeatures} × ${layer.outFeatures})</b>${rank}<br>${formatDifference(change, words.range)}`
}
