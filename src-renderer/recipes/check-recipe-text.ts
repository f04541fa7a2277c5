import { recipeSchema, type Recipe } from '@contract/recipe'
import { jsonLines, lineOfPlace } from './json-lines'

/**
 * What is wrong in words of the form: `no-json` is the text as a whole, `empty` a text, and `nothing-chosen` a list that
 * must not be; of everything else the schema's own words are the best there are.
 */
export type IssueKind = 'no-json' | 'empty' | 'nothing-chosen' | 'no-number' | 'unknown-key' | 'other'

/** Where a recipe's text is wrong. */
export interface RecipeIssue {
  readonly kind: IssueKind
  /** The schema's words; empty when the text is no JSON. */
  readonly message: string
  /** The member at fault, such as `grids.0.methods`; empty when it is the text as a whole. */
  readonly place: string
  /** From 1. */
  readonly line: number
}

export type CheckedText =
  | { readonly isValid: true; readonly recipe: Recipe }
  /** At least one; the one to mend first is the first. */
  | { readonly isValid: false; readonly issues: readonly RecipeIssue[] }

type SchemaIssue = NonNullable<ReturnType<typeof recipeSchema.safeParse>['error']>['issues'][number]

/** Checks a text against the recipe's schema, without the host: fast enough for every key that is pressed. */
export function checkRecipeText(text: string): CheckedText {
  const located = jsonLines(text)
  if (!located.isJson) {
    return { isValid: false, issues: [{ kind: 'no-json', message: '', place: '', line: located.line }] }
  }
  const parsed = recipeSchema.safeParse(JSON.parse(text))
  if (parsed.success) return { isValid: true, recipe: parsed.data }
  const issues = parsed.error.issues.map((issue): RecipeIssue => {
    // Of a key that does not belong there the schema names the member around it.
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
    const place = [...issue.path, ...unknown].join('.')
    return { kind: kindOf(issue), message: issue.message, place, line: lineOfPlace(located.lines, place) }
  })
  // A misspelt name is both unknown and missing; where it is written is where to mend it.
  return { isValid: false, issues: issues.toSorted((a, b) => urgency(a) - urgency(b)) }
}

function kindOf(issue: SchemaIssue): IssueKind {
  if (issue.code === 'unrecognized_keys') return 'unknown-key'
  if (issue.code === 'too_small' && issue.origin === 'string') return 'empty'
  if (issue.code === 'too_small' && issue.origin === 'array') return 'nothing-chosen'
  if (issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int'))
    return 'no-number'
  return 'other'
}

function urgency({ kind }: RecipeIssue): number {
  return kind === 'unknown-key' ? 0 : 1
}
