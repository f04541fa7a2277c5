import type { GridRankPolicy } from '@contract/recipe'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import { noConstraints, totalCost } from './allocation/allocation'
import { parameterCost, priceLayers } from './allocation/budget'
import { allocateRanks } from './allocation/policies'
import { allocateUniform } from './allocation/uniform'
import { layerSpectra, planOf } from './layer-spectra'
import type { LowRankFactors } from './low-rank-factors'
import type { CompressionPlan } from './plan'

export interface PlanRanksOptions {
  readonly rankPolicy: GridRankPolicy
  /** Share of the layers' parameters to keep, 0 < fraction ≤ 1. */
  readonly retainedParameterFraction: number
  readonly rankMultiple: number
}

/**
 * Decides the rank of every layer.
 *
 * `uniform` gives each layer floor(fraction·in·out / (in + out)). Every other policy may spend as many parameters as
 * uniform spends at that fraction, so that policies are compared at equal budgets.
 *
 * - `factors`  of each matrix, by `layerMatrix`; only the spectra are read.
 *
 * @throws WorkbenchError `invalid-input` for a fraction or multiple out of range, and as `allocateRanks`.
 */
export function planRanks(
  layers: readonly LinearLayer[],
  factors: ReadonlyMap<string, Pick<LowRankFactors, 'singularValues'>>,
  { rankPolicy, retainedParameterFraction, rankMultiple }: PlanRanksOptions
): CompressionPlan {
  const decisions = priceLayers(layerSpectra(layers, factors), parameterCost)
  const uniform = allocateUniform(decisions, { retainedParameterFraction, rankMultiple })
  if (rankPolicy === 'uniform') return planOf(layers, decisions, uniform)
  const { ranks } = allocateRanks(rankPolicy, {
    layers: decisions,
    constraints: { ...noConstraints, rankMultiple },
    budget: totalCost(decisions, uniform)
  })
  return planOf(layers, decisions, ranks)
}
