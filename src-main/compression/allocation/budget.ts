/**
 * What layers cost and what they may cost together. All costs but the latency are linear in the rank.
 */
import { WorkbenchError } from '@contract/errors'
import type { Budget, BudgetUnit } from '@contract/rank-plan'
import type { Precision } from '@contract/recipe'
import type { LayerCost, LayerSpectrum, PricedLayer } from './allocation'
import { factorParameterCount } from './break-even'

type StoredShape = Pick<LayerSpectrum, 'inFeatures' | 'outFeatures' | 'keepsDenseWeight'>

/** Gives every layer its price. */
export function priceLayers<Layer extends LayerSpectrum>(
  layers: readonly Layer[],
  costOf: (layer: Layer) => LayerCost
): PricedLayer[] {
  return layers.map((layer) => ({ ...layer, cost: costOf(layer) }))
}

/** Stored scalars: in·out dense, r·(in + out) as a pair; a matrix counts once however many layers use it. */
export function parameterCost(shape: StoredShape): LayerCost {
  const { inFeatures, outFeatures } = shape
  return storedCost(shape, inFeatures * outFeatures, {
    base: 0,
    perRank: factorParameterCount(inFeatures, outFeatures, 1)
  })
}

/** Bytes beside each output channel in int8: a float32 scale and an int8 zero point. */
const int8BytesPerChannel = 5

/**
 * Bytes of the stored weights. float32: 4 a scalar. int8: 1 a scalar and 5 for each output channel of each matrix,
 * r of them in `down` and out in `up`. Convolutions stay float32 under int8 (`methods/int8-dynamic`); names and graph
 * structure are not counted.
 */
export function byteCost(shape: StoredShape, precision: Precision): LayerCost {
  const { inFeatures, outFeatures } = shape
  const [perScalar, perChannel] = precision === 'int8' ? [1, int8BytesPerChannel] : [4, 0]
  const channels = outFeatures * perChannel
  return storedCost(shape, inFeatures * outFeatures * perScalar + channels, {
    base: channels,
    perRank: factorParameterCount(inFeatures, outFeatures, 1) * perScalar + perChannel
  })
}

/** A stored weight that something else still needs is paid for in any case, and factors come on top. */
function storedCost(
  { keepsDenseWeight = false }: StoredShape,
  dense: number,
  pair: { readonly base: number; readonly perRank: number }
): LayerCost {
  const base = pair.base + (keepsDenseWeight ? dense : 0)
  return { dense, ofRank: (rank) => base + rank * pair.perRank }
}

/**
 * Multiply-accumulates: `denseMacs` · r·(in + out) ÷ (in·out) as a pair.
 *
 * `denseMacs`: of all layers that use the matrix, for the input over which the budget counts.
 */
export function macCost(
  { inFeatures, outFeatures }: Pick<LayerSpectrum, 'inFeatures' | 'outFeatures'>,
  denseMacs: number
): LayerCost {
  // Rows of input, a whole number: integer costs add up without rounding.
  const rows = denseMacs / (inFeatures * outFeatures)
  const perRank = rows * factorParameterCount(inFeatures, outFeatures, 1)
  return { dense: denseMacs, ofRank: (rank) => rank * perRank }
}

/**
 * The budget that leaves a fraction of the uncompressed cost, 0 < fraction ≤ 1.
 *
 * - `remainder`  cost of what no rank changes, in the same unit. With it the fraction is one of the whole model.
 *
 * @throws WorkbenchError `invalid-input` for a fraction outside (0, 1].
 */
export function fractionBudget(
  layers: readonly PricedLayer[],
  unit: BudgetUnit,
  fraction: number,
  remainder = 0
): Budget {
  if (!(fraction > 0 && fraction <= 1)) {
    throw new WorkbenchError(
      'invalid-input',
      `The fraction to keep must be above 0 and at most 1, got ${fraction}.`
    )
  }
  const dense = layers.reduce((sum, { cost }) => sum + cost.dense, 0)
  return { unit, limit: fraction * (dense + remainder), remainder }
}

/**
 * What rounding may add to a sum of costs that are not whole numbers, as a fraction of the limit. Without it a budget
 * of everything could miss the last layer. A thousandth of a parameter in a billion.
 */
const roundingAllowance = 1e-12

/**
 * What a budget leaves for the layers: limit − remainder.
 *
 * @throws WorkbenchError `invalid-input` when the remainder alone reaches the limit.
 */
export function layerBudget({ unit, limit, remainder }: Budget): number {
  if (remainder >= limit) {
    throw new WorkbenchError(
      'invalid-input',
      `What no rank changes already costs ${remainder} ${unit}, the budget is ${limit}; raise it.`
    )
  }
  return limit - remainder + limit * roundingAllowance
}
