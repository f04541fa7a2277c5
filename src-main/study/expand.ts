import { WorkbenchError } from '@contract/errors'
import type { RankMap } from '@contract/rank-plan'
import type { GridRankPolicy, Recipe, ReducedPrecision } from '@contract/recipe'
import { canonicalJson } from '../base/canonical-json'
import { resolveGates } from './gates'
import {
  makingJson,
  type LowRankMaking,
  type RankChoice,
  type TrialMaking,
  type TrialSpec
} from './trial-spec'

/** What a recipe refers to and does not hold itself. */
export interface RecipeReferences {
  /** Rank map of each plan file that the recipe names, by the path as written. */
  readonly rankMaps: Readonly<Record<string, RankMap>>
  /** The tile that this machine's probe found, where the recipe asks for it. */
  readonly measuredRankMultiple: number
}

/** For a recipe that refers to nothing. */
export const noReferences: RecipeReferences = { rankMaps: {}, measuredRankMultiple: 1 }

/**
 * The trials of a recipe: the baseline and plain int8 first, then the other number formats alone, every combination of
 * every grid, and the plans, in the order written. A combination that occurs twice is one trial.
 */
export function expandRecipe(recipe: Recipe, references: RecipeReferences = noReferences): TrialSpec[] {
  const precisions = new Set<ReducedPrecision>(['int8', ...recipe.precisions])
  const trials: { readonly name: string; readonly making: TrialMaking }[] = [
    { kind: 'baseline' } as const,
    ...[...precisions].map((precision) => ({ kind: 'quantize', precision }) as const),
    ...gridMakings(recipe, references)
  ].map((making) => ({ name: trialName(making), making: finished(making, recipe) }))
  for (const { name, making } of plannedMakings(recipe, references)) {
    assertNewName(name, trials)
    trials.push({ name, making: finished(making, recipe) })
  }
  const stoppingGates = recipe.evaluation.stopWhenDecided ? resolveGates(recipe.gates) : []
  const seen = new Set<string>()
  return trials.flatMap(({ name, making }) => {
    const key = canonicalJson(makingJson(making))
    if (seen.has(key)) return []
    seen.add(key)
    return [{ name, making, evaluation: recipe.evaluation, stoppingGates }]
  })
}

/** The baseline is the model as it was given; all others are finished alike, so that they can be compared. */
function finished(making: TrialMaking, { fuseAttention }: Recipe): TrialMaking {
  return making.kind === 'baseline' || !fuseAttention ? making : { ...making, fuseAttention: true }
}

function assertNewName(name: string, trials: readonly { readonly name: string }[]): void {
  if (trials.every((trial) => trial.name !== name)) return
  throw new WorkbenchError(
    'invalid-input',
    `Two trials of the recipe are called '${name}'; rename the planned one.`
  )
}

function gridMakings(recipe: Recipe, { measuredRankMultiple }: RecipeReferences): LowRankMaking[] {
  const { rankMultiple, minimumRank } = recipe.allocation
  const makings: LowRankMaking[] = []
  for (const { methods, rankPolicies, precisions, retainedFractions, ...grid } of recipe.grids) {
    for (const method of methods) {
      // A policy that is cleverer about reconstruction can be worse in words, so uniform stands beside it.
      for (const policy of new Set<GridRankPolicy>(['uniform', ...rankPolicies])) {
        for (const precision of precisions) {
          for (const retainedFraction of retainedFractions) {
            const ranks: RankChoice = {
              policy,
              retainedFraction,
              budgetUnit: grid.budgetUnit,
              budgetScope: grid.budgetScope,
              rankMultiple: rankMultiple === 'measured' ? measuredRankMultiple : rankMultiple,
              minimumRank
            }
            makings.push({ ...common(recipe, grid), method, ranks, precision })
          }
        }
      }
    }
  }
  return makings
}

function plannedMakings(
  recipe: Recipe,
  { rankMaps }: RecipeReferences
): { name: string; making: LowRankMaking }[] {
  return recipe.plans.flatMap(({ name, plan, ranks, method, precisions, ...settings }) =>
    precisions.map((precision) => ({
      name: `${name}${precisionSuffix(precision)}`,
      making: {
        ...common(recipe, settings),
        method,
        ranks: { policy: 'manual', rankMap: ranks ?? rankMaps[plan ?? ''] ?? {} },
        precision
      }
    }))
  )
}

function common(
  { damping, layers }: Recipe,
  { refit, calibration }: Pick<LowRankMaking, 'refit' | 'calibration'>
): Pick<LowRankMaking, 'kind' | 'selection' | 'damping' | 'refit' | 'calibration'> {
  return { kind: 'low-rank', selection: layers, damping, refit, calibration }
}

/**
 * A short name that is unique within a recipe: `whitened-svd 50% water-filling int8`. What is usual is not named:
 * uniform ranks, a budget in parameters over the layers, calibration on the original, float32.
 */
export function trialName(making: TrialMaking): string {
  if (making.kind === 'baseline') return 'baseline'
  if (making.kind === 'quantize') return making.precision
  const { method, ranks, refit, calibration, precision } = making
  const extras = [...(calibration === 'sequential' ? ['sequential'] : []), ...(refit ? ['refit'] : [])]
  const parts = [method, ...rankWords(ranks), ...extras]
  return `${parts.join(' ')}${precisionSuffix(precision)}`
}

function rankWords(ranks: RankChoice): string[] {
  if (ranks.policy === 'manual') return ['manual']
  const { policy, retainedFraction, budgetUnit, budgetScope } = ranks
  const unit = budgetUnit === 'parameters' ? [] : [`of ${budgetUnit}`]
  const scope = budgetScope === 'layers' ? [] : ['of the model']
  return [`${percentOf(retainedFraction)}%`, ...unit, ...scope, ...(policy === 'uniform' ? [] : [policy])]
}

function precisionSuffix(precision: LowRankMaking['precision']): string {
  return precision === 'float32' ? '' : ` ${precision}`
}

/** The fraction as written with its point moved: 0.07 gives 7, where 0.07 · 100 is 7.000000000000001. */
function percentOf(fraction: number): number {
  const [digits, exponent = '0'] = String(fraction).split('e')
  return Number(`${digits}e${Number(exponent) + 2}`)
}
