/**
 * Ranks by hand. The map is the decision: the multiple, the minimum and break-even do not bind it, so that an ablation
 * may take any rank. Layers that it does not name stay dense.
 */
import { WorkbenchError } from '@contract/errors'
import type { RankMap } from '@contract/rank-plan'
import type { PricedLayer, RankConstraints } from './allocation'
import { needed, type RankPolicy } from './rank-policy'

export const manualPolicy: RankPolicy = {
  name: 'manual',
  version: 1,
  needs: ['rankMap'],
  allocate(problem) {
    const rankMap = needed(problem, 'rankMap', 'manual')
    assertKnown(rankMap, problem.layers)
    return problem.layers.map((layer) => mappedRank(layer, rankMap, problem.constraints))
  }
}

function assertKnown(rankMap: RankMap, layers: readonly PricedLayer[]): void {
  const known = new Set(layers.flatMap(({ layerIds }) => layerIds))
  const unknown = Object.keys(rankMap).find((id) => !known.has(id))
  if (unknown === undefined) return
  throw invalid(unknown, 'is not among the layers to compress; remove it or correct its id.')
}

function mappedRank(
  layer: PricedLayer,
  rankMap: RankMap,
  { keepDense }: RankConstraints
): number | undefined {
  const { layerIds, inFeatures, outFeatures } = layer
  const named = layerIds.filter((id) => Object.hasOwn(rankMap, id))
  const [first] = named
  const wanted = first === undefined ? undefined : rankMap[first]
  const other = named.find((id) => rankMap[id] !== wanted)
  if (first === undefined || wanted === undefined) return undefined
  if (other !== undefined) {
    throw invalid(other, `shares its weight with '${first}' but has another rank; give both the same.`)
  }
  if (wanted === 'dense') return undefined
  const fullRank = Math.min(inFeatures, outFeatures)
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > fullRank) {
    throw invalid(first, `has rank ${wanted}, expected a whole number from 1 to ${fullRank} or 'dense'.`)
  }
  const guarded = layerIds.find((id) => keepDense.has(id))
  if (guarded !== undefined) {
    throw invalid(first, `has rank ${wanted} but '${guarded}' is to stay dense; drop one of the two.`)
  }
  return wanted
}

function invalid(layerId: string, problem: string): WorkbenchError {
  return new WorkbenchError('invalid-input', `Layer '${layerId}' of the rank map ${problem}`, {
    details: { layerId }
  })
}
