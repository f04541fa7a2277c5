/**
 * What layers cost and what they may cost together. Parameters and multiply-accumulates are
 * linear in the rank; bytes of some number formats and measured latencies rise in steps.
 */
import { WorkbenchError } from '@contract/errors'
import type { Budget } from '@contract/rank-plan'
import type { BudgetUnit, Precision } from '@contract/recipe'
import type { LayerCost, LayerSpectrum, PricedLayer } from './allocation'
import { precisionTable } from '../methods/precisions'
import { factorParameterCount } from './break-even'

type StoredShape = Pick<LayerSpectrum, 'inFeatures' | 'outFeatures' | 'operator' | 'keepsDenseWeight'>

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
  return storedCost(shape, inFeatures * outFeatures, (rank) =>
    factorParameterCount(inFeatures, outFeatures, rank)
  )
}

/**
 * Bytes of the stored weights as the number format stores them, scales and zero points included (`methods/precisions`).
 * Formats in blocks fill up the last block of a channel, so their costs rise with the rank in steps. Convolutions and
 * embeddings stay float32 in most integer formats, but what follows an embedding's factor is a MatMul like any other.
 *
 * Not counted: names and graph structure. Not foreseen: weights that halves cannot hold, convolutions that stay float32 in a
 * format that holds convolutions.
 */
export function byteCost(shape: StoredShape, precision: Precision): LayerCost {
  const { inFeatures, outFeatures, operator = 'MatMul' } = shape
  const { weightBytes, holds } = precisionTable[precision]
  const bytesOf = (held: boolean) => (held ? weightBytes : precisionTable.float32.weightBytes)
  const downBytes = bytesOf(
    operator === 'Conv' ? holds !== 'products' : operator !== 'Gather' || holds === 'everything'
  )
  const upBytes = bytesOf(operator !== 'Conv' || holds !== 'products')
  return storedCost(
    shape,
    downBytes(inFeatures, outFeatures),
    (rank) => downBytes(inFeatures, rank) + upBytes(rank, outFeatures)
  )
}

/** A stored weight that something else still needs is paid for in any case, and factors come on top. */
function storedCost(
  { keepsDenseWeight = false }: StoredShape,
  dense: number,
  pair: LayerCost['ofRank']
): LayerCost {
  return { dense, ofRank: keepsDenseWeight ? (rank) => pair(rank) + dense : pair }
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

/** What the layers of a budget and the rest of the model cost. */
export interface CostTotals {
  /** What was there before, over what the fraction is meant: usually all layers dense, and the remainder. */
  readonly before: number
  /** Cost of what no rank changes, in the same unit; 0 for a budget over the layers alone. */
  readonly remainder: number
}

/**
 * The budget that leaves a fraction of what was there before, 0 < fraction ≤ 1.
 *
 * @throws WorkbenchError `invalid-input` for a fraction outside (0, 1].
 */
export function fractionBudget(
  unit: BudgetUnit,
  fraction: number,
  { before, remainder }: CostTotals
): Budget {
  if (!(fraction > 0 && fraction <= 1)) {
    throw new WorkbenchError(
      'invalid-input',
      `The fraction to keep must be above 0 and at most 1, got ${fraction}.`
    )
  }
  return { unit, limit: fraction * before, remainder }
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
