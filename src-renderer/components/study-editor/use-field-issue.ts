import { computed, type ComputedRef } from 'vue'
import type { RecipeIssue } from '../../recipes/check-recipe-text'
import { useStudyDraftStore } from '../../stores/study-draft'
import { useText, type Text } from '../../text/text'

/** What is wrong with a member of the recipe or with something in it. */
export interface FieldIssue {
  readonly text: string
  /** Not wrong, only not filled in yet. */
  readonly isNeeded: boolean
}

/** Undefined while the member is right. */
export function useFieldIssue(place: () => string | undefined): ComputedRef<FieldIssue | undefined> {
  const draft = useStudyDraftStore()
  const text = useText()
  return computed(() => {
    const wanted = place()
    if (wanted === undefined) return undefined
    const issue = draft.issues.find((each) => each.place === wanted || each.place.startsWith(`${wanted}.`))
    if (issue === undefined) return undefined
    return { text: issueText(issue, text.value.study), isNeeded: issue.kind === 'empty' }
  })
}

/** What is wrong, in the user's language where the form knows it. */
export function issueText({ kind, message, line }: RecipeIssue, words: Text['study']): string {
  switch (kind) {
    case 'no-json':
      return words.notJson(line)
    case 'empty':
      return words.stillEmpty
    case 'nothing-chosen':
      return words.nothingChosen
    case 'no-number':
      return words.noNumber
    case 'unknown-key':
      return words.unknownKey
    case 'other':
      return message
  }
}
