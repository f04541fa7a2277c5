import { onBeforeUnmount, onMounted } from 'vue'

/** What of a draft of a recipe the keyboard reaches. */
export interface KeyedDraft {
  /** Undefined while there is none. */
  readonly form?: object | undefined
  readonly undo: () => void
  readonly redo: () => void
  readonly save: () => void
}

/**
 * The keyboard of a recipe's editor, and the saving of its draft when the editor is left.
 *
 * One history for form and text: the browser's own would undo in one field what changed in both.
 *
 * - `start` is called by Ctrl+Enter.
 */
export function useDraftKeys(draft: KeyedDraft, start: () => Promise<void>): void {
  function onKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || draft.form === undefined) return
    const key = event.key.toLowerCase()
    if (key === 'enter') void start()
    else if (key === 'z' && !event.shiftKey) draft.undo()
    else if ((key === 'z' && event.shiftKey) || key === 'y') draft.redo()
    else return
    event.preventDefault()
  }
  onMounted(() => {
    window.addEventListener('keydown', onKey)
    window.addEventListener('pagehide', draft.save)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', onKey)
    window.removeEventListener('pagehide', draft.save)
    draft.save()
  })
}
