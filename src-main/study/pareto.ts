import { WorkbenchError } from '@contract/errors'

/** Which way an objective is better. */
export type Direction = 'minimize' | 'maximize'

/** A trial as a point in the space of objectives. */
export interface ObjectivePoint {
  readonly id: string
  /** One value per direction. */
  readonly objectives: readonly number[]
}

/**
 * The points that no other point dominates, by id, in the order in which they were given.
 *
 * A point dominates another when it is at least as good in every objective and better in one. Points equal in every
 * objective do not dominate each other: all of them stay.
 *
 * Time O(n log n) for two objectives, O(n²) for any other number.
 *
 * @throws WorkbenchError `internal` when a point has another number of objectives, or NaN among them.
 */
export function paretoFront(points: readonly ObjectivePoint[], directions: readonly Direction[]): string[] {
  const costs = points.map((point) => costsOf(point, directions))
  const isOnFront = directions.length === 2 ? frontOfTwo(costs) : frontOfAny(costs)
  return points.filter((_, i) => isOnFront[i]).map((point) => point.id)
}

/** The objectives of a point with signs turned, so that less is better everywhere. */
function costsOf(point: ObjectivePoint, directions: readonly Direction[]): number[] {
  if (
    point.objectives.length !== directions.length ||
    point.objectives.some((value) => Number.isNaN(value))
  ) {
    throw new WorkbenchError(
      'internal',
      `Point ${point.id} needs ${directions.length} objectives without NaN, got [${point.objectives.join(', ')}].`
    )
  }
  return point.objectives.map((value, i) => (directions[i] === 'minimize' ? value : -value))
}

/** One sweep along the first cost: a point stays when its second cost is below all that came cheaper. */
function frontOfTwo(costs: readonly (readonly number[])[]): boolean[] {
  const order = costs
    .map((cost, index) => ({ index, first: cost[0]!, second: cost[1]! }))
    .sort((a, b) => (a.first === b.first ? a.second - b.second : a.first - b.first))
  const isOnFront = new Array<boolean>(costs.length).fill(false)
  let leastSecond: number | undefined
  let leader: { first: number; second: number } | undefined
  for (const entry of order) {
    // Within one first cost the least second cost comes first; its equals are ties and stay with it.
    const isTie = entry.first === leader?.first && entry.second === leader.second
    if (isTie || leastSecond === undefined || entry.second < leastSecond) {
      isOnFront[entry.index] = true
      leastSecond = entry.second
      leader = entry
    }
  }
  return isOnFront
}

function frontOfAny(costs: readonly (readonly number[])[]): boolean[] {
  return costs.map((cost) => !costs.some((other) => dominates(other, cost)))
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((cost, i) => cost <= b[i]!) && a.some((cost, i) => cost < b[i]!)
}
