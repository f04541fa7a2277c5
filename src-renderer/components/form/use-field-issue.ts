import { computed, inject, type ComputedRef, type InjectionKey } from 'vue'
import type { RecipeIssue } from '../../recipes/check-recipe-text'
import { useStudyDraftStore } from '../../stores/study-draft'
import { useText, type Text } from '../../text/text'

/** What is wrong with a member of the recipe or with something in it. */
export interface FieldIssue {
  readonly text: string
  /** Not wrong, only not filled in yet. */
  readonly isNeeded: boolean
}

/** What is wrong with the recipe that the fields of a form are about; that of the study where nobody provides another. */
export const fieldIssuesKey: InjectionKey<() => readonly RecipeIssue[]> = Symbol('field issues')

/** Undefined while the member is right. */
export function useFieldIssue(place: () => string | undefined): ComputedRef<FieldIssue | undefined> {
  const issues = inject(fieldIssuesKey, () => () => useStudyDraftStore().issues, true)
  const text = useText()
  return computed(() => {
    const wanted = place()
    if (wanted === undefined) return undefined
    const issue = issues().find((each) => each.place === wanted || each.place.startsWith(`${wanted}.`))
    if (issue === undefined) return undefined
    return { text: issueText(issue, text.value.study), isNeeded: issue.kind === 'empty' }
  })
}

/** What is wrong, in the user's language where the form knows it. */
export function issueText({ kind, message, line, expected }: RecipeIssue, words: Text['study']): string {
  switch (kind) {
    case 'no-json':
      return words.notJson(line)
    case 'empty':
      return words.stillEmpty
    case 'nothing-chosen':
      return words.nothingChosen
    case 'no-number':
      return words.noNumber
    case 'missing':
      return words.memberMissing
    case 'no-text':
      return words.noText
    case 'no-list':
      return words.noList
    case 'no-object':
      return words.noObject
    case 'too-small':
    case 'too-large':
      return words.outOfRange(expected)
    case 'not-offered':
      return words.notOffered(expected)
    case 'unknown-key':
      return words.unknownKey
    case 'other':
      return message
  }
}
