import { studyReportSchema, type StudyReport } from '@contract/trial'

/** What a file holds in place of the results of a study. */
export type ResultsProblem =
  | { readonly kind: 'no-json' | 'recipe' | 'other-json' }
  /** Results, but for a member; `message` is the schema's. */
  | { readonly kind: 'wrong-value'; readonly place: string; readonly message: string }

export type ParsedResults = { readonly report: StudyReport } | { readonly problem: ResultsProblem }

/** The study that a text holds, checked member by member. Members this version does not know are dropped. */
export function parseStudyReport(text: string): ParsedResults {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { problem: { kind: 'no-json' } }
  }
  const parsed = studyReportSchema.safeParse(json)
  if (parsed.success) return { report: parsed.data }
  if (isRecipe(json)) return { problem: { kind: 'recipe' } }
  const issue = parsed.error.issues[0]
  return issue === undefined || issue.path.length < 2
    ? { problem: { kind: 'other-json' } }
    : { problem: { kind: 'wrong-value', place: issue.path.join('.'), message: issue.message } }
}

function isRecipe(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'recipeVersion' in json
}
