/** The columns of the table of layers: what each shows, and what it is sorted by. */
import { formatCount, formatPercent } from '@contract/display-numbers'
import type { LayerRow } from '../../format/layer-rows'
import { notMeasured } from '../../format/numbers'
import type { Text } from '../../text/text'

export type LayerColumnId = keyof Text['inspect']['columns']

export interface LayerColumn {
  readonly id: LayerColumnId
  readonly isNumeric: boolean
  /** For a CSS grid. */
  readonly width: string
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
    width: 'minmax(9rem, 1fr)',
    text: ({ layerId }) => layerId,
    sortValue: ({ layerId }) => layerId
  },
  {
    id: 'block',
    isNumeric: true,
    width: '2.9rem',
    text: ({ blockIndex }) => rankText(blockIndex),
    sortValue: ({ blockIndex }) => blockIndex ?? undefined
  },
  {
    id: 'role',
    isNumeric: false,
    width: '4.7rem',
    text: ({ role }, words) => words.roles[role],
    sortValue: ({ role }) => role
  },
  {
    id: 'shape',
    isNumeric: true,
    width: '5.7rem',
    text: ({ inFeatures, outFeatures }) => `${inFeatures} × ${outFeatures}`,
    sortValue: ({ parameterCount }) => parameterCount
  },
  {
    id: 'parameters',
    isNumeric: true,
    width: '4.1rem',
    text: ({ parameterCount }) => formatCount(parameterCount),
    sortValue: ({ parameterCount }) => parameterCount
  },
  {
    id: 'share',
    isNumeric: true,
    width: '3.6rem',
    text: ({ share }) => percent(share),
    sortValue: ({ share }) => share
  },
  {
    id: 'macs',
    isNumeric: true,
    width: '4.3rem',
    text: ({ macsPerAudioSecond }) => optional(macsPerAudioSecond, formatCount),
    sortValue: ({ macsPerAudioSecond }) => macsPerAudioSecond ?? undefined
  },
  {
    id: 'effective',
    isNumeric: true,
    width: '4.2rem',
    text: ({ spectrum }) => optional(spectrum?.weight.effectiveRank, oneDigit),
    sortValue: ({ spectrum }) => spectrum?.weight.effectiveRank
  },
  {
    id: 'weighted',
    isNumeric: true,
    width: '4.4rem',
    text: ({ spectrum }) => optional(spectrum?.activationWeighted?.effectiveRank, oneDigit),
    sortValue: ({ spectrum }) => spectrum?.activationWeighted?.effectiveRank
  },
  {
    id: 'breakEven',
    isNumeric: true,
    width: '4.9rem',
    text: ({ breakEvenRank }) => String(breakEvenRank),
    sortValue: ({ breakEvenRank }) => breakEvenRank
  },
  {
    id: 'rank',
    isNumeric: true,
    width: '2.9rem',
    text: ({ planned }) => rankText(planned?.rank),
    sortValue: ({ planned }) => planned?.rank ?? undefined
  },
  {
    id: 'kept',
    isNumeric: true,
    width: '3.7rem',
    text: ({ planned }) => optional(planned?.keptFraction, percent),
    sortValue: ({ planned }) => planned?.keptFraction
  },
  {
    id: 'error',
    isNumeric: true,
    width: '3.7rem',
    text: ({ planned }) => optional(planned?.relativeError, percent),
    sortValue: ({ planned }) => planned?.relativeError
  },
  {
    id: 'uniform',
    isNumeric: true,
    width: '6.1rem',
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
  return isWeighted ? every : every.filter(({ id }) => id !== 'weighted')
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
