/** Reads the measured time of a pair of factors off the curve of its shape. */
import type { LatencyTable } from './rank-plan'

/**
 * Milliseconds of (x · down) · up at `rank`.
 *
 * Below the first measured rank its time is taken; above the last one, the last.
 *
 * - `points`  at least one, ranks ascending, as the schema and the policies demand.
 */
export function rankMilliseconds(
  { points }: Pick<LatencyTable['shapes'][number], 'points'>,
  rank: number,
  interpolation: LatencyTable['interpolation']
): number {
  const index = lowestIndex(points.length - 1, (i) => points[i]!.rank >= rank)
  const above = points[index]!
  const below = points[index - 1]
  if (interpolation === 'step' || below === undefined || above.rank <= rank) return above.milliseconds
  const share = (rank - below.rank) / (above.rank - below.rank)
  return below.milliseconds + share * (above.milliseconds - below.milliseconds)
}

/** The lowest index in 0..last at which a predicate that stays true from there on holds; `last` when at none. */
function lowestIndex(last: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = last
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
