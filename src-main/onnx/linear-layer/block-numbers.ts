import type { LinearNode } from './find-linear-node'

/** One part of a repeated block, in graph order. */
export interface BlockPart {
  readonly kind: 'self' | 'cross' | 'feed-forward' | 'pointwise'
  readonly layers: readonly LinearNode[]
}

/**
 * Numbers the repeated blocks of one graph from 0 and gives every layer of `parts` its number.
 *
 * Blocks hold one self-attention each (one cross-attention, or one feed-forward, in graphs without). When the whole
 * sequence of parts repeats with that count, its period is the block; this places the first half of a Conformer's
 * two feed-forwards right. Otherwise a part belongs to the block of the last attention before it.
 */
export function numberBlocks(parts: readonly BlockPart[]): ReadonlyMap<LinearNode, number> {
  const anchor = (['self', 'cross', 'feed-forward'] as const).find((kind) =>
    parts.some((part) => part.kind === kind)
  )
  if (anchor === undefined) return new Map()
  const count = parts.filter((part) => part.kind === anchor).length
  const period = parts.length / count
  const isPeriodic =
    Number.isInteger(period) && parts.every((part, index) => part.kind === parts[index % period]!.kind)
  const numbers = new Map<LinearNode, number>()
  let anchorsSeen = 0
  parts.forEach((part, index) => {
    if (part.kind === anchor) anchorsSeen++
    const number = isPeriodic ? Math.floor(index / period) : Math.max(0, anchorsSeen - 1)
    for (const layer of part.layers) if (!numbers.has(layer)) numbers.set(layer, number)
  })
  return numbers
}
