import { computed, ref, shallowRef } from 'vue'
import type { RecipeFile } from '@contract/workbench-data'
import type { CheckedText } from '../recipes/check-recipe-text'
import { record, redo, startHistory, undo, type DraftHistory } from '../recipes/draft-history'
import {
  browserStorage,
  readDrafts,
  writeDrafts,
  type DraftState,
  type StoredDraft
} from '../recipes/stored-drafts'

/** Soon enough that a reload loses nothing, and not at every key. */
const saveDelayMilliseconds = 250

/** What is different between recipes of studies and of trainings. `Basis`: what is known when a draft begins. */
export interface DraftKind<Form extends { readonly name: string }, Basis> {
  /** In the browser's storage. */
  readonly storageKey: string
  readonly check: (text: string) => CheckedText<Form>
  readonly textOf: (form: Form) => string
  readonly begin: (basis: Basis) => Form
  /** What the form shows of a text that is no recipe. */
  readonly empty: () => Form
  /** Whether a stored form is one that this version knows. */
  readonly isForm: (value: unknown) => boolean
}

/**
 * The recipes of one kind that are being written: form and text of the one in hand, its history, and all of them in
 * storage. The setup of a store.
 */
export function recipeDrafts<Form extends { readonly name: string }, Basis>(kind: DraftKind<Form, Basis>) {
  const storage = browserStorage()
  const stored = readDrafts<Form>(storage, kind)
  const drafts = shallowRef<readonly StoredDraft<Form>[]>(stored.drafts)
  const currentId = ref<string>()
  const history = shallowRef<DraftHistory<DraftState<Form>>>()
  /** The draft that was deleted last, for as long as that can be taken back. */
  const deleted = shallowRef<StoredDraft<Form>>()
  /** False where the browser keeps nothing: the user then has to. */
  const isKept = ref(storage !== undefined)
  /** True between a change and its being stored. */
  const isSaving = ref(false)
  let saving: ReturnType<typeof setTimeout> | undefined

  const current = computed(() => drafts.value.find(({ draftId }) => draftId === currentId.value))
  const state = computed(() => history.value?.present)
  const text = computed(() => state.value?.text ?? '')
  const form = computed(() => state.value?.form)
  const folder = computed(() => current.value?.folder ?? '')
  const checked = computed(() => kind.check(text.value))
  const issues = computed(() => (checked.value.isValid ? [] : checked.value.issues))
  /** The one to mend first. */
  const issue = computed(() => issues.value[0])
  /** Whether the form shows what the text says; otherwise the text has to be mended first, or the change taken back. */
  const isInSync = computed(
    () => state.value !== undefined && recipeTextMatches(state.value, checked.value.isValid)
  )
  const isChangedSinceFile = computed(
    () =>
      current.value !== undefined && current.value.fileText !== null && current.value.fileText !== text.value
  )
  const canUndo = computed(() => (history.value?.past.length ?? 0) > 0)
  const canRedo = computed(() => (history.value?.future.length ?? 0) > 0)

  /** Text that is no recipe is in sync only when the form wrote it. */
  function recipeTextMatches(shown: DraftState<Form>, isRecipe: boolean): boolean {
    return isRecipe || shown.text === kind.textOf(shown.form)
  }

  function select(draftId: string): void {
    const draft = drafts.value.find((each) => each.draftId === draftId)
    if (draft === undefined) return
    currentId.value = draftId
    history.value = startHistory({ text: draft.text, form: draft.form })
    save()
  }

  function begin(basis: Basis, inFolder: string): void {
    const made = kind.begin(basis)
    add({ text: kind.textOf(made), form: made }, inFolder, null)
  }

  /** Takes a recipe file as a draft of its own, right or wrong. */
  function open({ text: opened, folder: inFolder }: RecipeFile): void {
    const read = kind.check(opened)
    const shown = read.isValid ? read.recipe : kind.empty()
    add({ text: opened, form: shown }, inFolder, opened)
  }

  /** The same recipe once more, to be changed. */
  function duplicate(name: string): void {
    if (form.value === undefined) return
    const copy = { ...form.value, name }
    add({ text: kind.textOf(copy), form: copy }, folder.value, null)
  }

  function add(begun: DraftState<Form>, inFolder: string, fileText: string | null): void {
    const draftId = globalThis.crypto.randomUUID()
    const draft: StoredDraft<Form> = {
      ...begun,
      draftId,
      folder: inFolder,
      fileText,
      savedAt: new Date().toISOString()
    }
    drafts.value = [draft, ...drafts.value]
    select(draftId)
  }

  function remove(): void {
    const draft = current.value
    if (draft === undefined) return
    deleted.value = draft
    drafts.value = drafts.value.filter((each) => each !== draft)
    const next = drafts.value[0]
    currentId.value = undefined
    history.value = undefined
    if (next === undefined) save()
    else select(next.draftId)
  }

  function restore(): void {
    const draft = deleted.value
    if (draft === undefined) return
    deleted.value = undefined
    drafts.value = [draft, ...drafts.value]
    select(draft.draftId)
  }

  /** Changes the form, and writes the text anew. `subject`: the member that is typed into. */
  function edit(changes: Partial<Form>, subject: string): void {
    if (form.value === undefined) return
    const changed = { ...form.value, ...changes }
    change({ text: kind.textOf(changed), form: changed }, subject)
  }

  /** Changes the text; the form follows once it is a recipe. */
  function editText(typed: string): void {
    if (form.value === undefined || typed === text.value) return
    const read = kind.check(typed)
    change({ text: typed, form: read.isValid ? read.recipe : form.value }, 'text')
  }

  /** Writes the text anew from the form, which drops what was typed into it since it was a recipe. */
  function useForm(): void {
    if (form.value !== undefined) change({ text: kind.textOf(form.value), form: form.value }, 'use form')
  }

  function change(next: DraftState<Form>, subject: string): void {
    if (history.value === undefined) return
    move(record(history.value, next, { subject, atMilliseconds: performance.now() }))
  }

  function move(next: DraftHistory<DraftState<Form>>): void {
    if (next === history.value) return
    history.value = next
    update({ ...next.present, savedAt: new Date().toISOString() })
  }

  function update(changes: Partial<StoredDraft<Form>>): void {
    drafts.value = drafts.value.map((draft) =>
      draft.draftId === currentId.value ? { ...draft, ...changes } : draft
    )
    isSaving.value = true
    clearTimeout(saving)
    saving = setTimeout(save, saveDelayMilliseconds)
  }

  /** Stores all drafts now. */
  function save(): void {
    clearTimeout(saving)
    isKept.value = writeDrafts(storage, kind, { drafts: drafts.value, currentId: currentId.value })
    isSaving.value = false
  }

  const last = stored.drafts.find(({ draftId }) => draftId === stored.currentId) ?? stored.drafts[0]
  if (last !== undefined) select(last.draftId)

  return {
    drafts,
    currentId,
    current,
    text,
    form,
    folder,
    checked,
    issue,
    issues,
    isInSync,
    isChangedSinceFile,
    isKept,
    isSaving,
    canUndo,
    canRedo,
    deleted,
    select,
    begin,
    open,
    duplicate,
    remove,
    restore,
    forgetDeleted: () => {
      deleted.value = undefined
    },
    edit,
    editText,
    useForm,
    /** Notes that the text is in a file now. */
    markFiled: () => update({ fileText: text.value }),
    /** Notes which job runs it. */
    markStarted: (draftId: string, jobId: string) => {
      drafts.value = drafts.value.map((draft) => (draft.draftId === draftId ? { ...draft, jobId } : draft))
      save()
    },
    undo: () => history.value !== undefined && move(undo(history.value)),
    redo: () => history.value !== undefined && move(redo(history.value)),
    save
  }
}
