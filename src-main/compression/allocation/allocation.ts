/**
 * The common shape of rank allocation: what a policy is told about the layers, and what it answers.
 *
 * One entry is one *decision*: a matrix and every layer that multiplies by it, which share their factors.
 */
import { WorkbenchError } from '@contract/errors'
import type { LinearLayer, LinearRole } from '../../onnx/linear-layer/linear-layer'
import { relativeTail } from './tail-energy'

/** What the decomposition says about one matrix W [in, out]. */
export interface LayerSpectrum {
  /** The layers that multiply by the matrix. The first one names it in messages. */
  readonly layerIds: readonly [string, ...string[]]
  readonly role: LinearRole
  /** What multiplies by it, which decides how number formats store it. Left out: MatMul. */
  readonly operator?: LinearLayer['operator']
  readonly inFeatures: number
  readonly outFeatures: number
  /** σ [min(in, out)], descending, in the metric of the method: rank r loses Σ_{i≥r} σ_i² of output energy. */
  readonly singularValues: Float64Array
  /**
   * What losses are divided by, in the unit of σ². Left out: Σσ². Centred methods may give ‖Y‖² with its mean.
   */
  readonly outputEnergy?: number
  /** True when a layer outside this decision needs the stored weight: factors then come on top of it. */
  readonly keepsDenseWeight?: boolean
}

/** What a layer costs in the budget's unit: parameters, bytes, MACs or milliseconds. */
export interface LayerCost {
  readonly dense: number
  /** Cost of the pair [in, rank] · [rank, out]. */
  readonly ofRank: (rank: number) => number
}

/** A layer with its price: what a policy decides about. */
export interface PricedLayer extends LayerSpectrum {
  readonly cost: LayerCost
}

/** What no policy may break; a layer without a permitted rank stays dense. */
export interface RankConstraints {
  /** Ranks are multiples of this: the tile of the machine's kernels. */
  readonly rankMultiple: number
  /** Rounded up to the multiple. */
  readonly minimumRank: number
  /** Ids of layers that stay dense. */
  readonly keepDense: ReadonlySet<string>
}

/** Every rank below break-even is permitted. */
export const noConstraints: RankConstraints = { rankMultiple: 1, minimumRank: 1, keepDense: new Set() }

/** A rank per layer, in order. Undefined: the layer stays dense. */
export type Ranks = readonly (number | undefined)[]

/** A decision for every layer with its price and predicted loss. */
export interface Allocation {
  readonly ranks: Ranks
  /** Sum over layers, in the budget's unit. */
  readonly cost: number
  /** What the same layers cost when all stay dense. */
  readonly denseCost: number
  /** Σ over layers of discarded ÷ whole output energy; a matrix counts once for each layer that uses it. */
  readonly predictedError: number
  /** In the order of the layers. `relativeError`: discarded ÷ whole output energy of one use, 0..1. */
  readonly perLayer: readonly { readonly cost: number; readonly relativeError: number }[]
}

/** Prices a decision and predicts its loss. `ranks` is parallel to `layers`. */
export function describeAllocation(layers: readonly PricedLayer[], ranks: Ranks): Allocation {
  const perLayer = layers.map((layer, index) => {
    const rank = ranks[index]
    return { cost: costOf(layer, rank), relativeError: rank === undefined ? 0 : relativeTail(layer, rank) }
  })
  return {
    ranks,
    cost: perLayer.reduce((sum, { cost }) => sum + cost, 0),
    denseCost: layers.reduce((sum, { cost }) => sum + cost.dense, 0),
    predictedError: perLayer.reduce(
      (sum, { relativeError }, index) => sum + relativeError * layers[index]!.layerIds.length,
      0
    ),
    perLayer
  }
}

/** What a layer costs at a rank, or dense. */
export function costOf(layer: PricedLayer, rank: number | undefined): number {
  return rank === undefined ? layer.cost.dense : layer.cost.ofRank(rank)
}

/** What all layers cost together at their ranks. */
export function totalCost(layers: readonly PricedLayer[], ranks: Ranks): number {
  return layers.reduce((sum, layer, index) => sum + costOf(layer, ranks[index]), 0)
}

/**
 * Refuses layers and constraints that no policy could answer for.
 *
 * @throws WorkbenchError `invalid-input` for a constraint that is not a whole number from 1 or that protects a layer
 * which is not there; `internal` for an id that occurs twice or a spectrum of the wrong length; `numerical` for a
 * spectrum that is not finite or not descending.
 */
export function assertAllocatable(layers: readonly LayerSpectrum[], constraints: RankConstraints): void {
  for (const name of ['rankMultiple', 'minimumRank'] as const) {
    if (!Number.isInteger(constraints[name]) || constraints[name] < 1) {
      throw new WorkbenchError(
        'invalid-input',
        `${name} must be a whole number from 1, got ${constraints[name]}.`
      )
    }
  }
  const ids = new Set<string>()
  for (const layer of layers) {
    for (const id of layer.layerIds) {
      if (ids.has(id)) throw new WorkbenchError('internal', `Layer '${id}' is listed twice.`)
      ids.add(id)
    }
    assertSpectrum(layer)
  }
  for (const id of constraints.keepDense) {
    if (ids.has(id)) continue
    throw new WorkbenchError(
      'invalid-input',
      `Layer '${id}' was to stay dense, but it is not among the layers to compress; remove it or correct its id.`,
      { details: { layerId: id } }
    )
  }
}

function assertSpectrum({
  layerIds,
  inFeatures,
  outFeatures,
  singularValues,
  outputEnergy
}: LayerSpectrum): void {
  const [id] = layerIds
  const expected = Math.min(inFeatures, outFeatures)
  if (singularValues.length !== expected) {
    throw new WorkbenchError(
      'internal',
      `Layer '${id}' has ${singularValues.length} singular values, its shape needs ${expected}.`
    )
  }
  let previous = Infinity
  for (const value of singularValues) {
    // Negated, so that NaN is caught as well.
    if (!(value >= 0 && value <= previous && value < Infinity)) {
      throw new WorkbenchError(
        'numerical',
        `The singular values of layer '${id}' are not finite and descending; calibrate it again.`,
        { details: { layerId: id } }
      )
    }
    previous = value
  }
  if (outputEnergy !== undefined && !(outputEnergy >= 0 && outputEnergy < Infinity)) {
    throw new WorkbenchError(
      'numerical',
      `The output energy of layer '${id}' is ${outputEnergy}; calibrate it again.`,
      {
        details: { layerId: id }
      }
    )
  }
}
