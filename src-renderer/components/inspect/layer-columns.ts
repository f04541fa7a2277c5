/** The columns of the table of layers: what each shows, and what it is sorted by. */
import { formatCount, formatPercent } from '@contract/display-numbers'
import type { LayerRow } from '../../format/layer-rows'
import { formatMilliseconds, plannedMilliseconds } from '../../format/layer-times'
import { notMeasured } from '../../format/numbers'
import type { Text } from '../../text/text'

export type LayerColumnId = keyof Text['inspect']['columns']

export interface LayerColumn {
  readonly id: LayerColumnId
  readonly isNumeric: boolean
  /** Headings break into two lines; the name grows beyond it when there is room. All of them fit a window of 1280. */
  readonly widthRem: number
  text(row: LayerRow, words: Text['inspect']): string
  /** Undefined goes last in both directions. */
  sortValue(row: LayerRow): number | string | undefined
}

const optional = (value: number | null | undefined, format: (value: number) => string) =>
  value === null || value === undefined ? notMeasured : format(value)
const rankText = (rank: number | null | undefined) => optional(rank, String)
const oneDigit = (value: number) => value.toFixed(1)
/** What is kept whole needs no digits behind the point. */
const percent = (value: number) => formatPercent(value, value === 1 ? 0 : 1)

const every: readonly LayerColumn[] = [
  {
    id: 'layer',
    isNumeric: false,
    widthRem: 6.8,
    text: ({ layerId }) => layerId,
    sortValue: ({ layerId }) => layerId
  },
  {
    id: 'block',
    isNumeric: true,
    widthRem: 3.75,
    text: ({ blockIndex }) => rankText(blockIndex),
    sortValue: ({ blockIndex }) => blockIndex ?? undefined
  },
  {
    id: 'role',
    isNumeric: false,
    widthRem: 4.4,
    text: ({ role }, words) => words.roles[role],
    sortValue: ({ role }) => role
  },
  {
    id: 'shape',
    isNumeric: true,
    widthRem: 5.3,
    text: ({ inFeatures, outFeatures }) => `${inFeatures} × ${outFeatures}`,
    sortValue: ({ parameterCount }) => parameterCount
  },
  {
    id: 'parameters',
    isNumeric: true,
    widthRem: 3.9,
    text: ({ parameterCount }) => formatCount(parameterCount),
    sortValue: ({ parameterCount }) => parameterCount
  },
  {
    id: 'share',
    isNumeric: true,
    widthRem: 3.4,
    text: ({ share }) => percent(share),
    sortValue: ({ share }) => share
  },
  {
    id: 'macs',
    isNumeric: true,
    widthRem: 3.9,
    text: ({ macsPerAudioSecond }) => optional(macsPerAudioSecond, formatCount),
    sortValue: ({ macsPerAudioSecond }) => macsPerAudioSecond ?? undefined
  },
  {
    id: 'denseTime',
    isNumeric: true,
    widthRem: 3.2,
    text: ({ times }) => optional(times?.dense, formatMilliseconds),
    sortValue: ({ times }) => times?.dense
  },
  {
    id: 'effective',
    isNumeric: true,
    widthRem: 3.2,
    text: ({ spectrum }) => optional(spectrum?.weight.effectiveRank, oneDigit),
    sortValue: ({ spectrum }) => spectrum?.weight.effectiveRank
  },
  {
    id: 'weighted',
    isNumeric: true,
    widthRem: 4,
    text: ({ spectrum }) => optional(spectrum?.activationWeighted?.effectiveRank, oneDigit),
    sortValue: ({ spectrum }) => spectrum?.activationWeighted?.effectiveRank
  },
  {
    id: 'breakEven',
    isNumeric: true,
    widthRem: 3.3,
    text: ({ breakEvenRank }) => String(breakEvenRank),
    sortValue: ({ breakEvenRank }) => breakEvenRank
  },
  {
    id: 'rank',
    isNumeric: true,
    widthRem: 3,
    text: ({ planned }) => rankText(planned?.rank),
    sortValue: ({ planned }) => planned?.rank ?? undefined
  },
  {
    id: 'kept',
    isNumeric: true,
    widthRem: 3.4,
    text: ({ planned }) => optional(planned?.keptFraction, percent),
    sortValue: ({ planned }) => planned?.keptFraction
  },
  {
    id: 'error',
    isNumeric: true,
    widthRem: 3.4,
    text: ({ planned }) => optional(planned?.relativeError, percent),
    sortValue: ({ planned }) => planned?.relativeError
  },
  {
    id: 'plannedTime',
    isNumeric: true,
    widthRem: 3.2,
    text: (row) => optional(plannedMilliseconds(row), formatMilliseconds),
    sortValue: plannedMilliseconds
  },
  {
    id: 'uniform',
    isNumeric: true,
    widthRem: 5.6,
    text: ({ planned }) =>
      planned?.uniform === undefined
        ? notMeasured
        : `${rankText(planned.uniform.rank)} · ${percent(planned.uniform.relativeError)}`,
    sortValue: ({ planned }) => planned?.uniform?.relativeError
  }
]

/** The columns that have something to show. */
export function layerColumns(rows: readonly LayerRow[]): readonly LayerColumn[] {
  const isWeighted = rows.some(({ spectrum }) => (spectrum?.activationWeighted ?? null) !== null)
  const isTimed = rows.some(({ times }) => times !== undefined)
  return every.filter(({ id }) => {
    if (id === 'weighted') return isWeighted
    return isTimed || (id !== 'denseTime' && id !== 'plannedTime')
  })
}

/** As a CSS grid has them, and how wide they are at least. */
export function columnWidths(columns: readonly LayerColumn[]): {
  readonly template: string
  readonly leastRem: number
} {
  const widths = columns.map(({ id, widthRem }) =>
    id === 'layer' ? `minmax(${widthRem}rem, 1fr)` : `${widthRem}rem`
  )
  return { template: widths.join(' '), leastRem: columns.reduce((sum, { widthRem }) => sum + widthRem, 0) }
}

export interface LayerOrder {
  readonly columnId: LayerColumnId
  readonly direction: 'ascending' | 'descending'
}

/** Numbers begin with the largest, names with the first; a third click goes back to the order of the model. */
export function nextLayerOrder(order: LayerOrder | undefined, column: LayerColumn): LayerOrder | undefined {
  const first = column.isNumeric ? 'descending' : 'ascending'
  if (order?.columnId !== column.id) return { columnId: column.id, direction: first }
  if (order.direction !== first) return undefined
  return { columnId: column.id, direction: first === 'ascending' ? 'descending' : 'ascending' }
}

/** Rows in that order, or as they came. Equal rows keep their order. */
export function sortLayers(rows: readonly LayerRow[], order: LayerOrder | undefined): readonly LayerRow[] {
  const column = every.find(({ id }) => id === order?.columnId)
  if (order === undefined || column === undefined) return rows
  const sign = order.direction === 'ascending' ? 1 : -1
  return rows.toSorted((a, b) => {
    const [left, right] = [column.sortValue(a), column.sortValue(b)]
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined)
    }
    return sign * compareValues(left, right)
  })
}

/** Made once: one for each comparison would take most of the time of sorting. */
const names = new Intl.Collator('en', { numeric: true })

function compareValues(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return names.compare(String(a), String(b))
}
