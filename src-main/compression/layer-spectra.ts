import { WorkbenchError } from '@contract/errors'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import type { LayerSpectrum, Ranks } from './allocation/allocation'
import { layerMatrix } from './layer-matrix'
import type { LowRankFactors } from './low-rank-factors'
import type { CompressionPlan } from './plan'

/**
 * What an allocation decides about: one entry per matrix, in the order in which the layers first use them.
 *
 * - `layers`   the layers to compress.
 * - `spectra`  the factors, or just the spectra, of each matrix by `layerMatrix`.
 *
 * A weight that a layer outside `layers` uses too, or that is read in both orientations, stays stored whatever the rank
 * (`keepsDenseWeight`); a tied embedding is such a layer. Uses by nodes that are no linear layers are not seen.
 *
 * @throws WorkbenchError `internal` when a matrix was not factorised.
 */
export function layerSpectra(
  layers: readonly LinearLayer[],
  spectra: ReadonlyMap<string, Pick<LowRankFactors, 'singularValues'>>
): LayerSpectrum[] {
  return [...Map.groupBy(layers, layerMatrix)].map(([matrix, users]) => {
    const [first, ...others] = users
    const spectrum = spectra.get(matrix)
    if (first === undefined || spectrum === undefined) {
      throw new WorkbenchError('internal', `Matrix '${matrix}' was not factorised.`)
    }
    return {
      layerIds: [first.id, ...others.map(({ id }) => id)],
      role: first.role,
      operator: first.operator,
      inFeatures: first.inFeatures,
      outFeatures: first.outFeatures,
      singularValues: spectrum.singularValues,
      keepsDenseWeight: users.length < first.weightUses
    }
  })
}

/**
 * The plan that an allocation stands for: every layer gets the rank of its matrix.
 *
 * `ranks` is parallel to `decisions`.
 *
 * @throws WorkbenchError `internal` for a layer that nothing was decided about.
 */
export function planOf(
  layers: readonly LinearLayer[],
  decisions: readonly Pick<LayerSpectrum, 'layerIds'>[],
  ranks: Ranks
): CompressionPlan {
  const decided = new Map(
    decisions.flatMap(({ layerIds }, index) => layerIds.map((id) => [id, ranks[index]] as const))
  )
  return layers.map((layer) => {
    if (!decided.has(layer.id)) {
      throw new WorkbenchError('internal', `Nothing was decided about layer '${layer.id}'.`)
    }
    return { layer, rank: decided.get(layer.id) }
  })
}
