import { defaultDamping, defaultExcludedRoles, type LayerSelection, type Precision } from '@contract/recipe'
import type { LowRankMaking } from '../../study/trial-spec'

/** The layers that recipes compress unless told otherwise. */
export const benchSelection: LayerSelection = { excludeRoles: defaultExcludedRoles, include: [], exclude: [] }

/** A tier as a recipe with all defaults makes it. */
export function benchMaking(
  retainedFraction: number,
  {
    precision = 'float32',
    policy = 'uniform'
  }: {
    readonly precision?: Precision
    readonly policy?: Exclude<LowRankMaking['ranks']['policy'], 'manual'>
  } = {}
): LowRankMaking {
  return {
    kind: 'low-rank',
    method: 'whitened-svd',
    ranks: {
      policy,
      retainedFraction,
      budgetUnit: 'parameters',
      budgetScope: 'layers',
      rankMultiple: 1,
      minimumRank: 1
    },
    selection: benchSelection,
    damping: defaultDamping,
    refit: false,
    calibration: 'original',
    precision
  }
}
