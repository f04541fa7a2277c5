/**
 * Energy threshold: each layer gets the smallest rank that keeps more than θ of its own energy.
 *
 *   r = smallest multiple of the rank multiple with Σ_{i<r} σ_i² > θ · Σσ²;  dense above break-even
 *
 * Source: LiteASR (arXiv 2502.20583), with θ = 0.99 in attention, 0.999 in feed-forward layers, multiples of 16.
 * Limits: layers do not compete: an easy layer's savings are not spent where they would help most.
 */
import { WorkbenchError } from '@contract/errors'
import type { EnergyThresholds } from '@contract/rank-plan'
import type { LinearRole } from '../../onnx/linear-layer/linear-layer'
import type { PricedLayer, RankConstraints, Ranks } from './allocation'
import { snapRank } from './permitted-ranks'
import type { RankPolicy } from './rank-policy'
import { scaleToBudget } from './scale-to-budget'
import { relativeTails } from './tail-energy'

/** LiteASR's published setting. */
export const liteAsrThresholds: EnergyThresholds = {
  byRole: { q: 0.99, k: 0.99, v: 0.99, out: 0.99 },
  otherwise: 0.999
}

/** The range of allowed losses that a budget search covers, in decades: what is below it is rounding noise. */
const searchedDecades = 20

/**
 * With a budget the thresholds are scaled, otherwise taken as they are. The scale multiplies what may be *lost*, so
 * that 1 − θ keeps its proportions between roles: θ' = 1 − t · (1 − θ), t as small as the budget affords.
 */
export const energyPolicy: RankPolicy = {
  name: 'energy',
  version: 1,
  needs: [],
  allocate({ layers, constraints, budget, energyThresholds = liteAsrThresholds }) {
    const search = new ThresholdSearch(layers, constraints, energyThresholds)
    if (budget === undefined) return search.ranksAt(1)
    const widest = search.widestScale()
    return scaleToBudget(layers, budget, (scale) => search.ranksAt(widest * 10 ** (-searchedDecades * scale)))
  }
}

class ThresholdSearch {
  readonly #layers: readonly PricedLayer[]
  readonly #constraints: RankConstraints
  /** Discarded ÷ Σσ² at every rank, per layer: thresholds are about the spectrum, whatever `outputEnergy` says. */
  readonly #tails: readonly Float64Array[]
  /** 1 − θ per layer. */
  readonly #allowedLosses: readonly number[]

  constructor(layers: readonly PricedLayer[], constraints: RankConstraints, thresholds: EnergyThresholds) {
    this.#layers = layers
    this.#constraints = constraints
    this.#tails = layers.map(({ singularValues }) => relativeTails({ singularValues }))
    this.#allowedLosses = layers.map(({ role }) => 1 - checkedThreshold(thresholds, role))
  }

  /** The scale at which every layer that may lose anything may lose all. */
  widestScale(): number {
    return 1 / Math.min(1, ...this.#allowedLosses.filter((loss) => loss > 0))
  }

  /** The ranks when each layer may lose `lossScale` times what its threshold says. */
  ranksAt(lossScale: number): Ranks {
    return this.#layers.map((layer, index) => {
      const allowed = this.#allowedLosses[index]! * lossScale
      if (allowed === 0) return undefined
      return snapRank(layer, this.#constraints, smallestRankBelow(this.#tails[index]!, allowed), 'up')
    })
  }
}

/** The smallest rank whose tail is less than `allowed`; the tail at full rank is 0. */
function smallestRankBelow(tails: Float64Array, allowed: number): number {
  let low = 0
  let high = tails.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (tails[middle]! < allowed) high = middle
    else low = middle + 1
  }
  return low
}

function checkedThreshold({ byRole, otherwise }: EnergyThresholds, role: LinearRole): number {
  const threshold = byRole[role] ?? otherwise
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new WorkbenchError(
      'invalid-input',
      `The energy threshold for '${role}' must be from 0 to 1, got ${threshold}.`
    )
  }
  return threshold
}
