import { recipeSchema, type Recipe } from '@contract/recipe'
import { trainingRecipeSchema, type TrainingRecipe } from '@contract/training'
import { jsonLines, lineOfPlace } from './json-lines'

/**
 * What is wrong in words of the form: `no-json` is the text as a whole, `empty` a text, `nothing-chosen` a list that must
 * not be, `missing` a member; of `other` the schema's own words are the best there are.
 */
export type IssueKind =
  | 'no-json'
  | 'empty'
  | 'nothing-chosen'
  | 'missing'
  | 'no-number'
  | 'no-text'
  | 'no-list'
  | 'no-object'
  | 'too-small'
  | 'too-large'
  | 'not-offered'
  | 'unknown-key'
  | 'other'

/** Where a recipe's text is wrong. */
export interface RecipeIssue {
  readonly kind: IssueKind
  /** The schema's words; empty when the text is no JSON. */
  readonly message: string
  /** What would be right, where that can be said: the limit that is passed, or the values that are offered. */
  readonly expected: string
  /** The member at fault, such as `grids.0.methods`; empty when it is the text as a whole. */
  readonly place: string
  /** From 1. */
  readonly line: number
}

export type CheckedText<Form = Recipe> =
  | { readonly isValid: true; readonly recipe: Form }
  /** At least one; the one to mend first is the first. */
  | { readonly isValid: false; readonly issues: readonly RecipeIssue[] }

type SchemaIssue = NonNullable<ReturnType<typeof recipeSchema.safeParse>['error']>['issues'][number]

/** Checks a text against the recipe's schema, without the host: fast enough for every key that is pressed. */
export function checkRecipeText(text: string): CheckedText {
  return checkAgainst(recipeSchema, text)
}

/** The same for a training. */
export function checkTrainingText(text: string): CheckedText<TrainingRecipe> {
  return checkAgainst(trainingRecipeSchema, text)
}

/** What both schemas can do. */
interface RecipeSchema<Form> {
  safeParse(
    value: unknown
  ):
    | { readonly success: true; readonly data: Form }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } }
}

function checkAgainst<Form>(schema: RecipeSchema<Form>, text: string): CheckedText<Form> {
  const located = jsonLines(text)
  if (!located.isJson) {
    return {
      isValid: false,
      issues: [{ kind: 'no-json', message: '', expected: '', place: '', line: located.line }]
    }
  }
  const json: unknown = JSON.parse(text)
  const parsed = schema.safeParse(json)
  if (parsed.success) return { isValid: true, recipe: parsed.data }
  const issues = parsed.error.issues.map((issue): RecipeIssue => {
    // Of a key that does not belong there the schema names the member around it.
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
    const place = [...issue.path, ...unknown].join('.')
    const kind = isMissing(json, issue.path) ? 'missing' : kindOf(issue)
    const line = lineOfPlace(located.lines, place)
    return { kind, message: issue.message, expected: expectedBy(issue), place, line }
  })
  // A misspelt name is both unknown and missing; where it is written is where to mend it.
  return { isValid: false, issues: issues.toSorted((a, b) => urgency(a) - urgency(b)) }
}

function kindOf(issue: SchemaIssue): IssueKind {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'unknown-key'
    case 'too_small':
      if (issue.origin === 'string') return 'empty'
      if (issue.origin === 'array') return 'nothing-chosen'
      return issue.origin === 'number' || issue.origin === 'int' ? 'too-small' : 'other'
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int' ? 'too-large' : 'other'
    case 'invalid_value':
      return 'not-offered'
    case 'invalid_type':
      return kindsByType[issue.expected] ?? 'other'
    default:
      return 'other'
  }
}

const kindsByType: Readonly<Record<string, IssueKind>> = {
  number: 'no-number',
  int: 'no-number',
  string: 'no-text',
  array: 'no-list',
  object: 'no-object'
}

function expectedBy(issue: SchemaIssue): string {
  switch (issue.code) {
    case 'too_small':
      return `${issue.inclusive === false ? '> ' : '≥ '}${issue.minimum}`
    case 'too_big':
      return `${issue.inclusive === false ? '< ' : '≤ '}${issue.maximum}`
    case 'invalid_value':
      return issue.values.map(String).join(', ')
    default:
      return ''
  }
}

/** Whether nothing stands at a place, which the schema tells only in words. */
function isMissing(json: unknown, path: readonly PropertyKey[]): boolean {
  let value = json
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return true
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return false
}

function urgency({ kind }: RecipeIssue): number {
  return kind === 'unknown-key' ? 0 : 1
}
