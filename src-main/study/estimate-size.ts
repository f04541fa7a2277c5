import type { LayerDescription } from '@contract/model'
import type { RankMap } from '@contract/rank-plan'
import type { LayerSelection, Precision } from '@contract/recipe'
import { assertNever } from '../base/assert-never'
import type { LowRankMaking, TrialMaking } from './trial-spec'

/** What of a model's description decides what a study on it costs. */
export interface EstimatedModel {
  readonly sizeBytes: number
  readonly parameterCount: number
  readonly macsPerAudioSecond: number | null
  readonly layers: readonly Pick<LayerDescription, 'layerId' | 'role' | 'inFeatures' | 'outFeatures'>[]
}

type EstimatedLayer = EstimatedModel['layers'][number]

/** Bytes of one weight of a linear layer, scales included. */
const bytesPerWeight: Readonly<Record<Precision, number>> = {
  float32: 4,
  float16: 2,
  int8: 1,
  'int8-convolutions': 1,
  'int8-weights': 1,
  'int4-weights': 0.56
}

/**
 * Bytes of the model that a trial stores, from parameter counts alone: weights of linear layers in their new shape and
 * format, everything else as it was. The baseline is not stored again. A budget in another unit than parameters is
 * taken as one in parameters.
 */
export function storedBytes(
  making: TrialMaking,
  { layers, sizeBytes, parameterCount }: EstimatedModel
): number {
  if (making.kind === 'baseline') return 0
  const linear = parametersOf(layers)
  const kept = making.kind === 'low-rank' ? keptParameters(making, layers, parameterCount) : linear
  // float16 halves every weight; the integer formats only those of linear layers.
  const restFactor = making.precision === 'float16' ? 0.5 : 1
  const rest = Math.max(0, sizeBytes - 4 * linear)
  return rest * restFactor + kept * bytesPerWeight[making.precision]
}

/** Parameters of all linear layers once those that are chosen were cut. */
function keptParameters(
  { ranks, selection }: LowRankMaking,
  layers: readonly EstimatedLayer[],
  parameterCount: number
): number {
  const linear = parametersOf(layers)
  if (ranks.policy === 'manual') return manualParameters(layers, ranks.rankMap)
  const chosen = parametersOf(layers.filter((layer) => isChosen(layer, selection)))
  const { budgetScope, retainedFraction } = ranks
  switch (budgetScope) {
    case 'layers':
      return linear - chosen + chosen * retainedFraction
    case 'model':
      // What is saved of the whole is saved in the chosen layers.
      return linear - Math.min(chosen, parameterCount * (1 - retainedFraction))
    default:
      return assertNever(budgetScope)
  }
}

function manualParameters(layers: readonly EstimatedLayer[], rankMap: RankMap): number {
  return layers.reduce((total, layer) => {
    const rank = rankMap[layer.layerId]
    const isCut = typeof rank === 'number'
    return (
      total + (isCut ? rank * (layer.inFeatures + layer.outFeatures) : layer.inFeatures * layer.outFeatures)
    )
  }, 0)
}

/** By role alone: patterns narrow the choice, which an estimate may leave out. */
function isChosen({ role }: EstimatedLayer, { excludeRoles }: LayerSelection): boolean {
  return !excludeRoles.includes(role)
}

function parametersOf(layers: readonly EstimatedLayer[]): number {
  return layers.reduce((total, { inFeatures, outFeatures }) => total + inFeatures * outFeatures, 0)
}
