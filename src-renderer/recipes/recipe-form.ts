/**
 * The form of a recipe and its text. The form is the recipe with all defaults filled in, so nothing of a recipe is lost
 * on the way into the form and back; the text leaves defaults out, as a person would write it.
 */
import { gridSchema, plannedTrialSchema, recipeSchema, type Recipe } from '@contract/recipe'
import { formatJson, type JsonValue } from './format-json'

/** A recipe under way: a member may be empty or out of bounds, which the check of its text then says. */
export type RecipeForm = Recipe
export type GridForm = Recipe['grids'][number]
export type PlanForm = Recipe['plans'][number]
export type GateForm = Recipe['gates'][number]

type Members = Readonly<Record<string, unknown>>

/** As the schema fills them in; what has no default is left out. */
const recipeDefaults: Members = optional(
  recipeSchema.parse({ recipeVersion: 1, name: '-', model: '-', calibrationSet: '-', evaluationSet: '-' }),
  ['recipeVersion', 'name', 'model', 'calibrationSet', 'evaluationSet']
)
const gridDefaults: Members = optional(
  gridSchema.parse({ methods: ['weight-svd'], retainedFractions: [1] }),
  ['methods', 'retainedFractions']
)
const planDefaults: Members = optional(
  plannedTrialSchema.parse({ name: '-', method: 'weight-svd', plan: '-' }),
  ['name', 'method', 'plan']
)
const gateDefaults: Members = { reference: 'baseline' }

/** JSON with short lists on one line, and a line break at its end. */
export function recipeText({ grids, plans, gates, ...rest }: RecipeForm): string {
  const {
    $schema,
    recipeVersion,
    name,
    description,
    model,
    calibrationSet,
    developmentSet,
    evaluationSet,
    ...others
  } = rest
  const json = withoutDefaults(
    {
      $schema,
      recipeVersion,
      name,
      description: description === '' ? undefined : description,
      ...{ model, calibrationSet, developmentSet, evaluationSet },
      grids: grids.map((grid) => withoutDefaults(grid, gridDefaults)),
      plans: plans.map((plan) => withoutDefaults(plan, planDefaults)),
      ...others,
      gates: gates.map((gate) => withoutDefaults(gate, gateDefaults))
    },
    recipeDefaults
  )
  return `${formatJson(json)}\n`
}

/** The members of a recipe that may be left out. */
export function optional(value: Members, required: readonly string[]): Members {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !required.includes(name)))
}

/** For every kind of recipe: members that differ from their default, in their order; of an object, what differs in it. */
export function withoutDefaults(value: Members, defaults: Members): { [name: string]: JsonValue } {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]): [string, JsonValue][] => {
      const usual = defaults[name]
      if (member === undefined || isSame(member, usual)) return []
      return [
        [name, isMembers(member) && isMembers(usual) ? withoutDefaults(member, usual) : (member as JsonValue)]
      ]
    })
  )
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Plain data only; the order of members does not matter for values that the schema made. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
