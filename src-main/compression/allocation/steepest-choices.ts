/**
 * Spends one budget over many choice curves: again and again the affordable step that saves most loss per cost.
 *
 * A step may skip choices. From where a layer stands, the steepest step goes to the next corner of the lower convex
 * hull of what lies ahead, so a jump to dense competes on equal terms with single ranks.
 *
 * Source: the greedy of the multiple-choice knapsack (Sinha and Zoltners, Operations Research 27, 1979), continued past
 * the first step that does not fit. Optimality and monotonicity: docs/numerics.md, "Rank allocation".
 */
import type { ChoiceCurve } from './choice-curve'
import { unaffordable } from './scale-to-budget'

/**
 * The index chosen on each curve.
 *
 * - Costs at most `budget`; ends when no step of any layer fits, so what is left is less than every next step.
 * - The summed loss never rises with the budget. It is above the least possible by at most slope · remainder at the
 *   first step that did not fit: less than what that step would have saved, and nothing when the budget was used up.
 * - Deterministic: equal steps are taken in the order of the curves.
 *
 * @throws WorkbenchError `invalid-input` when the cheapest choices cost more than the budget.
 */
export function chooseSteepest(curves: readonly ChoiceCurve[], budget: number): number[] {
  const least = curves.reduce((sum, { costs }) => sum + costs[0]!, 0)
  if (least > budget) throw unaffordable(least, budget)
  const climbers = curves.map((curve) => new Climber(curve))
  const queue = new StepQueue(climbers)
  let remaining = budget - least
  for (let top = queue.top(); top !== undefined; top = queue.top()) {
    if (top.stepCost <= remaining) {
      remaining -= top.stepCost
      top.take()
    } else {
      // Its smaller steps may fit, and are no steeper, so the queue stays in order.
      top.restrict(remaining)
    }
    queue.settleTop()
  }
  return climbers.map(({ position }) => position)
}

/** One layer's place on its curve and the steepest step from there. */
class Climber {
  position = 0
  /** Loss saved per cost by the next step; 0 at the end. */
  slope = 0
  stepCost = 0
  readonly #curve: ChoiceCurve
  #successors: Int32Array

  constructor(curve: ChoiceCurve) {
    this.#curve = curve
    this.#successors = hullSuccessors(curve, 0, curve.costs.length - 1)
    this.#look()
  }

  take(): void {
    this.position = this.#successors[this.position]!
    this.#look()
  }

  /** Forgets every choice that costs more than `remaining` above the present one. */
  restrict(remaining: number): void {
    const { costs } = this.#curve
    let last = this.position
    while (last + 1 < costs.length && costs[last + 1]! - costs[this.position]! <= remaining) last++
    this.#successors = hullSuccessors(this.#curve, this.position, last)
    this.#look()
  }

  #look(): void {
    const { costs, losses } = this.#curve
    const from = this.position
    const to = this.#successors[from]!
    this.stepCost = costs[to]! - costs[from]!
    this.slope = to === from ? 0 : (losses[from]! - losses[to]!) / this.stepCost
  }
}

/**
 * For every choice in first..last, the next corner of the lower convex hull of the choices from it to `last`; the last
 * is its own successor. Entries outside the range are unused. Of choices on one line the nearest comes first.
 */
function hullSuccessors({ costs, losses }: ChoiceCurve, first: number, last: number): Int32Array {
  const next = new Int32Array(costs.length)
  next[last] = last
  for (let i = last - 1; i >= first; i--) {
    let j = i + 1
    for (let k = next[j]!; k !== j; k = next[j]!) {
      // j is a corner as seen from i unless the curve falls faster after it.
      const before = (losses[i]! - losses[j]!) / (costs[j]! - costs[i]!)
      const after = (losses[j]! - losses[k]!) / (costs[k]! - costs[j]!)
      if (before >= after) break
      j = k
    }
    next[i] = j
  }
  return next
}

/**
 * A binary heap of climbers, the steepest on top; on equal slopes the earlier one. Finished climbers are dropped.
 *
 * Slopes are kept beside the heap: with single ranks as steps, settling the top is most of an allocation's time.
 */
class StepQueue {
  readonly #climbers: readonly Climber[]
  readonly #slopes: Float64Array
  /** Indices of climbers. */
  readonly #heap: Uint32Array
  #size: number

  constructor(climbers: readonly Climber[]) {
    this.#climbers = climbers
    this.#slopes = Float64Array.from(climbers, ({ slope }) => slope)
    this.#heap = Uint32Array.from(climbers.keys()).filter((index) => climbers[index]!.slope > 0)
    this.#size = this.#heap.length
    for (let place = (this.#size >> 1) - 1; place >= 0; place--) this.#sink(place)
  }

  top(): Climber | undefined {
    return this.#size === 0 ? undefined : this.#climbers[this.#heap[0]!]
  }

  /** Puts the top where it belongs after its slope fell. */
  settleTop(): void {
    const index = this.#heap[0]!
    this.#slopes[index] = this.#climbers[index]!.slope
    if (this.#slopes[index] === 0) this.#heap[0] = this.#heap[--this.#size]!
    if (this.#size > 0) this.#sink(0)
  }

  #sink(start: number): void {
    const heap = this.#heap
    const slopes = this.#slopes
    const size = this.#size
    const isBefore = (a: number, b: number) => slopes[a]! > slopes[b]! || (slopes[a]! === slopes[b]! && a < b)
    const moving = heap[start]!
    let place = start
    for (let child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, moving)) break
      heap[place] = heap[child]!
      place = child
    }
    heap[place] = moving
  }
}
