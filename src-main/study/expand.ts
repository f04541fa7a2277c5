import type { GridRankPolicy, Recipe } from '@contract/recipe'
import { canonicalJson } from '../base/canonical-json'
import type { TrialMaking, TrialSpec } from './trial-spec'

/**
 * The trials of a recipe: the baseline and plain int8 first, then every combination of every grid, in the order
 * written. A combination that occurs twice is one trial.
 */
export function expandRecipe(recipe: Recipe): TrialSpec[] {
  const makings: TrialMaking[] = [{ kind: 'baseline' }, { kind: 'int8-dynamic' }]
  for (const grid of recipe.grids) {
    for (const method of grid.methods) {
      // A policy that is cleverer about reconstruction can be worse in words, so uniform stands beside it.
      for (const rankPolicy of new Set<GridRankPolicy>(['uniform', ...grid.rankPolicies])) {
        for (const precision of grid.precisions) {
          for (const retainedParameterFraction of grid.retainedParameterFractions) {
            makings.push({
              kind: 'low-rank',
              method,
              rankPolicy,
              retainedParameterFraction,
              rankMultiple: recipe.allocation.rankMultiple,
              damping: recipe.damping,
              excludeRoles: recipe.layers.excludeRoles,
              exclude: recipe.layers.exclude,
              precision
            })
          }
        }
      }
    }
  }
  const seen = new Set<string>()
  return makings.flatMap((making) => {
    const key = canonicalJson({ ...making })
    if (seen.has(key)) return []
    seen.add(key)
    return [{ name: trialName(making), making, evaluation: recipe.evaluation }]
  })
}

/** A short name that is unique within a recipe: `whitened-svd 50% water-filling int8`; uniform is not named. */
export function trialName(making: TrialMaking): string {
  if (making.kind === 'baseline') return 'baseline'
  if (making.kind === 'int8-dynamic') return 'int8'
  const percent = percentOf(making.retainedParameterFraction)
  const policy = making.rankPolicy === 'uniform' ? '' : ` ${making.rankPolicy}`
  return `${making.method} ${percent}%${policy}${making.precision === 'int8' ? ' int8' : ''}`
}

/** The fraction as written with its point moved: 0.07 gives 7, where 0.07 · 100 is 7.000000000000001. */
function percentOf(fraction: number): number {
  const [digits, exponent = '0'] = String(fraction).split('e')
  return Number(`${digits}e${Number(exponent) + 2}`)
}
