/**
 * Whether factors are their weight, without running the model: for a model that no family can drive, or no speech is given
 * for, or that is too large to run beside its study.
 */
import { WorkbenchError } from '@contract/errors'
import type { Parity } from '@contract/trial'
import { createPrng } from '../../base/prng'
import type { KeptFactors, LowRankFactors } from '../../compression/low-rank-factors'
import { addOutputs, noParity, parityOf, type OutputParity } from '../../evaluation/parity'
import { matrix, type Matrix } from '../../linalg/matrix'
import type { Products } from '../../linalg/products'

/** One matrix with what its factors at full rank were seen to do. */
export interface FactorizedMatrix extends KeptFactors {
  /** Undefined where full rank is checked on audio. */
  readonly products: OutputParity | undefined
}

/**
 * Inputs per matrix. ‖x·(W − W′)‖² of a normal x is on average the square of the whole error ‖W − W′‖, so few of them see
 * any error that is not far smaller than the tolerance, at a small part of the price of down · up.
 */
const probes = 8

/** Factors in float64 reproduce a weight to some 1e-14 of its largest output; a wrong one is off by the order of 1. */
export const layerTolerance = 1e-9

/**
 * Compares x·down·up of full rank with x·W for seeded normal x [8, in], in float64.
 *
 * @throws WorkbenchError `numerical` when a value is not finite or the tolerance is exceeded.
 */
export async function compareProducts(
  layerId: string,
  weight: Matrix,
  { down, up }: Pick<LowRankFactors, 'down' | 'up'>,
  products: Products
): Promise<OutputParity> {
  const prng = createPrng(1)
  const values = Float64Array.from({ length: probes * weight.rows }, () => prng.normal())
  const x = matrix(probes, weight.rows, values)
  const expected = await products.product(x, weight)
  const actual = await products.product(await products.product(x, down), up)
  const parity = parityOf(addOutputs(noParity, expected.data, actual.data))
  if (!parity.finite || !(parity.maxRelativeError <= layerTolerance)) {
    throw new WorkbenchError(
      'numerical',
      `The factors of layer '${layerId}' at full rank differ from its weight by ${parity.maxRelativeError.toExponential(2)} of the largest output, expected finite values and at most ${layerTolerance}; exclude the layer.`
    )
  }
  return parity
}

/** The worst of all layers, none of which exceeds the tolerance; nothing where layers were not compared. */
export function layerParity(matrices: Iterable<FactorizedMatrix>): Parity[] {
  const compared = [...matrices].flatMap(({ products }) => products ?? [])
  if (compared.length === 0) return []
  return [
    {
      comparison: 'layer-products',
      utterances: 0,
      maxAbsoluteError: Math.max(...compared.map(({ maxAbsoluteError }) => maxAbsoluteError)),
      maxRelativeError: Math.max(...compared.map(({ maxRelativeError }) => maxRelativeError)),
      cosineSimilarity: Math.min(...compared.map(({ cosineSimilarity }) => cosineSimilarity)),
      tolerance: layerTolerance
    }
  ]
}
