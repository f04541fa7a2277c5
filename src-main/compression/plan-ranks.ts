import type { Budget, PlanFile, RankMap, SensitivityTable } from '@contract/rank-plan'
import type { BudgetScope, BudgetUnit, GridRankPolicy } from '@contract/recipe'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import {
  describeAllocation,
  noConstraints,
  totalCost,
  type Allocation,
  type LayerSpectrum,
  type PricedLayer,
  type RankConstraints,
  type Ranks
} from './allocation/allocation'
import { fractionBudget, layerBudget } from './allocation/budget'
import { snapRank } from './allocation/permitted-ranks'
import { allocateRanks, rankPolicyTable } from './allocation/policies'
import { allocateUniform } from './allocation/uniform'
import { layerSpectra, planOf } from './layer-spectra'
import type { LowRankFactors } from './low-rank-factors'
import type { CompressionPlan } from './plan'
import { priceModel, type ModelCosts, type PricedModel } from './pricing'

/** How ranks are chosen: by a policy within a budget, or by hand. */
export type RankOptions =
  | {
      readonly policy: GridRankPolicy
      /** Kept ÷ before, in the unit and over the scope, 0 < fraction ≤ 1. */
      readonly retainedFraction: number
      readonly budgetUnit: BudgetUnit
      readonly budgetScope: BudgetScope
      readonly rankMultiple: number
      readonly minimumRank: number
    }
  | { readonly policy: 'manual'; readonly rankMap: RankMap }

export interface PlanRanksInputs {
  /** The layers to compress. */
  readonly layers: readonly LinearLayer[]
  /** Of each matrix, by `layerMatrix`; only the spectra are read. */
  readonly spectra: ReadonlyMap<string, Pick<LowRankFactors, 'singularValues'>>
  readonly options: RankOptions
  readonly costs: ModelCosts
  /** For the policy `sensitivity`. */
  readonly sensitivities?: SensitivityTable
}

/** A decision for every layer, with where it comes from and what it promises. */
export interface RankPlan extends Pick<PlanFile, 'policy' | 'budget' | 'predicted'> {
  readonly plan: CompressionPlan
  /** What was decided about: one entry per matrix, parallel to the members of `allocation`. */
  readonly decisions: readonly LayerSpectrum[]
  readonly allocation: Allocation
}

/**
 * Decides the rank of every layer.
 *
 * - `uniform` over parameters of the layers gives each floor(fraction·in·out / (in + out)); in other units and scopes the
 *   largest common fraction of each layer's parameters that the budget affords.
 * - Every other policy may spend as much as uniform spends, so that policies are compared at equal budgets.
 * - `manual` has no budget; its prediction is in parameters.
 *
 * Deterministic, and fast enough for a slider: only spectra are read.
 *
 * @throws WorkbenchError `invalid-input` for a fraction or constraint out of range, for a budget below the least
 * that the layers can cost or in a unit without figures, and as `allocateRanks`.
 */
export function planRanks({ layers, spectra, options, costs, sensitivities }: PlanRanksInputs): RankPlan {
  const decisions = layerSpectra(layers, spectra)
  if (options.policy === 'manual') {
    const { layers: priced } = priceModel(layers, decisions, { unit: 'parameters', scope: 'layers', costs })
    const allocation = allocateRanks('manual', {
      layers: priced,
      constraints: noConstraints,
      rankMap: options.rankMap
    })
    return describePlan(layers, { policy: 'manual', unit: 'parameters', budget: null, decisions, allocation })
  }
  const {
    policy,
    retainedFraction,
    budgetUnit: unit,
    budgetScope: scope,
    rankMultiple,
    minimumRank
  } = options
  const priced = priceModel(layers, decisions, { unit, scope, costs })
  const constraints = { ...noConstraints, rankMultiple, minimumRank }
  const budget = fractionBudget(unit, retainedFraction, priced)
  const isPlain = unit === 'parameters' && scope === 'layers'
  const uniform = isPlain
    ? plainUniform(priced, constraints, retainedFraction)
    : allocateRanks('uniform', { layers: priced.layers, constraints, budget: layerBudget(budget) }).ranks
  const allocation =
    policy === 'uniform'
      ? describeAllocation(priced.layers, uniform)
      : allocateRanks(policy, {
          layers: priced.layers,
          constraints,
          budget: equalBudget(priced.layers, uniform),
          ...(sensitivities === undefined ? {} : { sensitivities })
        })
  return describePlan(layers, { policy, unit, budget, decisions, allocation })
}

/** The same fraction of its parameters for every layer, whatever else is stored or shared. */
function plainUniform(
  { layers }: PricedModel,
  constraints: RankConstraints,
  retainedFraction: number
): Ranks {
  const { rankMultiple, minimumRank } = constraints
  const ranks = allocateUniform(layers, { retainedParameterFraction: retainedFraction, rankMultiple })
  if (minimumRank <= rankMultiple) return ranks
  return ranks.map((rank, index) =>
    rank === undefined || rank >= minimumRank
      ? rank
      : snapRank(layers[index]!, constraints, minimumRank, 'up')
  )
}

/** What uniform spends; sums in another order may round above it. */
function equalBudget(layers: readonly PricedLayer[], uniform: Ranks): number {
  const spent = totalCost(layers, uniform)
  return Number.isInteger(spent) ? spent : spent * (1 + 1e-12)
}

function describePlan(
  layers: readonly LinearLayer[],
  made: {
    readonly policy: RankOptions['policy']
    readonly unit: BudgetUnit
    readonly budget: Budget | null
    readonly decisions: readonly LayerSpectrum[]
    readonly allocation: Allocation
  }
): RankPlan {
  const { policy, unit, budget, decisions, allocation } = made
  const { ranks, cost, denseCost, predictedError } = allocation
  return {
    plan: planOf(layers, decisions, ranks),
    policy: { name: policy, version: rankPolicyTable[policy].version },
    budget,
    predicted: { unit, cost, denseCost, relativeError: predictedError },
    decisions,
    allocation
  }
}
