/** A measured point: cost on x, error on y; less is better on both. */
export type CostAndError = readonly [cost: number, error: number]

/**
 * The least error that can be had for at most a given cost, as corners of a staircase from left to right.
 *
 * A point is a corner when no cheaper or equally cheap point has an error as low. Costs and errors of the result are
 * strictly increasing and decreasing. (`src-main/study/pareto.ts` answers the same for any number of objectives; the
 * page cannot import it.)
 *
 * Time O(n log n); the input is not modified.
 */
export function paretoStaircase(points: readonly CostAndError[]): CostAndError[] {
  const corners: CostAndError[] = []
  for (const point of points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = corners.at(-1)
    if (last === undefined || point[1] < last[1]) corners.push(point)
  }
  return corners
}
