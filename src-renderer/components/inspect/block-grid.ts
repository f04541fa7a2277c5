/** The network as a grid: a column per block, a row per role, each cell with its layers. */
import { layerRoles, type LayerRole } from '@contract/recipe'
import { formatCount, formatPercent } from '@contract/display-numbers'
import { effectiveRankOf, type LayerRow } from '../../format/layer-rows'
import { formatMilliseconds, plannedMilliseconds } from '../../format/layer-times'

export interface BlockGrid {
  /** Block numbers ascending; null, last, for what is outside the blocks. */
  readonly blocks: readonly (number | null)[]
  readonly roles: readonly LayerRole[]
  /** By `cellKey`. */
  readonly cells: ReadonlyMap<string, readonly LayerRow[]>
}

export function cellKey(role: LayerRole, block: number | null): string {
  return `${role} ${block ?? ''}`
}

/** Only blocks and roles that occur. */
export function blockGrid(rows: readonly LayerRow[]): BlockGrid {
  const numbers = [...new Set(rows.map(({ blockIndex }) => blockIndex))]
  const present = new Set(rows.map(({ role }) => role))
  return {
    blocks: numbers.sort((a, b) => (a ?? Infinity) - (b ?? Infinity)),
    roles: layerRoles.filter((role) => present.has(role)),
    cells: Map.groupBy(rows, ({ role, blockIndex }) => cellKey(role, blockIndex))
  }
}

export const cellColors = [
  'rank-ratio',
  'parameters',
  'macs',
  'kept',
  'error',
  'time',
  'planned-time'
] as const
export type CellColor = (typeof cellColors)[number]

interface CellQuantity {
  value(row: LayerRow): number | undefined
  format(value: number): string
}

const percent = (value: number) => formatPercent(value, value < 0.0995 ? 1 : 0)

/** The quantities that can colour the cells. */
export const cellQuantities: Readonly<Record<CellColor, CellQuantity>> = {
  parameters: { value: ({ parameterCount }) => parameterCount, format: formatCount },
  'rank-ratio': {
    value: (row) => {
      const rank = effectiveRankOf(row)
      return rank === undefined || row.breakEvenRank === 0 ? undefined : rank / row.breakEvenRank
    },
    format: (value) => value.toFixed(2)
  },
  macs: { value: ({ macsPerAudioSecond }) => macsPerAudioSecond ?? undefined, format: formatCount },
  kept: { value: ({ planned }) => planned?.keptFraction, format: percent },
  error: { value: ({ planned }) => planned?.relativeError, format: percent },
  time: { value: ({ times }) => times?.dense, format: formatMilliseconds },
  'planned-time': { value: plannedMilliseconds, format: formatMilliseconds }
}

/** Least and largest of a quantity over all layers that have it; undefined when none has. */
export function quantityRange(
  rows: readonly LayerRow[],
  color: CellColor
): readonly [number, number] | undefined {
  const values = rows.flatMap((row) => cellQuantities[color].value(row) ?? [])
  if (values.length === 0) return undefined
  return values.reduce<readonly [number, number]>(
    ([least, largest], value) => [Math.min(least, value), Math.max(largest, value)],
    [Infinity, -Infinity]
  )
}

/** Where a value lies between the ends of a range, 0 to 1. */
export function shade(value: number, [least, largest]: readonly [number, number]): number {
  return largest > least ? (value - least) / (largest - least) : 0.5
}
