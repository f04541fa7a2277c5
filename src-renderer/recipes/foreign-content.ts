import type { StudyWords } from '../text/en/study'
import { jsonLines } from './json-lines'

/** What a file is opened as. */
export type RecipeKind = 'study' | 'training'

/** The member by which recipes of a kind are told from everything else. */
const versionMember: Readonly<Record<RecipeKind, string>> = {
  study: 'recipeVersion',
  training: 'trainingVersion'
}

/** With one of these a text is a recipe, though perhaps a wrong one. */
const tellingMembers: Readonly<Record<RecipeKind, readonly string[]>> = {
  study: ['model', 'calibrationSet', 'evaluationSet', 'grids', 'plans'],
  training: ['model', 'trainingSet', 'trainable', 'learningRate']
}

/** What a file is that is no recipe at all, rather than one to be mended. */
export type ForeignContent =
  | { readonly kind: 'no-json'; readonly line: number }
  /** A list, a text, a number. */
  | { readonly kind: 'no-object' }
  /** A plan, which the recipe of a study can name. */
  | { readonly kind: 'plan' }
  /** A recipe, but of the other kind. */
  | { readonly kind: 'study-recipe' | 'training-recipe' }
  /** An object of other members; `member` is the first of them. */
  | { readonly kind: 'other-object'; readonly member: string | undefined }

/**
 * Undefined for a recipe of this kind, right or wrong. A text that is no JSON is taken for a recipe with a slip in it when
 * it has the member by which recipes are told.
 */
export function foreignContent(text: string, wanted: RecipeKind): ForeignContent | undefined {
  const located = jsonLines(text)
  if (!located.isJson) {
    return text.includes(`"${versionMember[wanted]}"`) ? undefined : { kind: 'no-json', line: located.line }
  }
  const json: unknown = JSON.parse(text)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { kind: 'no-object' }
  const has = (member: string) => Object.hasOwn(json, member)
  if (has('planVersion')) return { kind: 'plan' }
  if (has(versionMember[wanted])) return undefined
  const other = wanted === 'study' ? 'training' : 'study'
  if (has(versionMember[other])) return { kind: `${other}-recipe` }
  if (tellingMembers[wanted].some(has)) return undefined
  return { kind: 'other-object', member: Object.keys(json)[0] }
}

/** Says what a file is instead of a recipe of the wanted kind, what such a recipe has, and what to do. */
export function foreignText(
  foreign: ForeignContent,
  wanted: RecipeKind,
  words: StudyWords['foreign']
): string {
  return `${words.title[wanted](problemOf(foreign, wanted, words))} ${nextOf(foreign, wanted, words)}`
}

function nextOf({ kind }: ForeignContent, wanted: RecipeKind, { next }: StudyWords['foreign']): string {
  if (kind === 'study-recipe' || kind === 'training-recipe') return next[kind]
  // A training has no place for ranks.
  return kind === 'plan' && wanted === 'study' ? next.plan : next[wanted]
}

function problemOf(foreign: ForeignContent, wanted: RecipeKind, words: StudyWords['foreign']): string {
  const version = versionMember[wanted]
  switch (foreign.kind) {
    case 'no-json':
      return words['no-json'](foreign.line)
    case 'no-object':
      return words['no-object'](version)
    case 'other-object':
      return foreign.member === undefined
        ? words['empty-object']
        : words['other-object'](version, foreign.member)
    default:
      return words[foreign.kind]
  }
}
