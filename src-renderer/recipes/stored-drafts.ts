/** Drafts of recipes in the browser's storage: what was typed survives a reload, a crash and a full disk elsewhere. */
/** A recipe under way. */
export interface DraftState<Form> {
  readonly text: string
  /** What the form shows: the recipe of the last text that was one, with what was changed in the form since. */
  readonly form: Form
}

export interface StoredDraft<Form> extends DraftState<Form> {
  readonly draftId: string
  /** What relative paths are relative to. */
  readonly folder: string
  /** The text as it last came from a file or went into one; null before that. */
  readonly fileText: string | null
  /** The job that was started from it last. */
  readonly jobId?: string
  /** ISO 8601. */
  readonly savedAt: string
}

export interface StoredDrafts<Form> {
  readonly drafts: readonly StoredDraft<Form>[]
  readonly currentId: string | undefined
}

/** Where drafts of one kind are, and how one is told from what something else has written there. */
export interface DraftPlace {
  readonly storageKey: string
  readonly isForm: (value: unknown) => boolean
}

export type DraftStorage = Pick<Storage, 'getItem' | 'setItem'>

/** Undefined where a browser refuses storage; drafts then last as long as the page. */
export function browserStorage(): DraftStorage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}

/** What was stored, without what this version cannot read. */
export function readDrafts<Form>(
  storage: DraftStorage | undefined,
  { storageKey, isForm }: DraftPlace
): StoredDrafts<Form> {
  try {
    const stored = JSON.parse(storage?.getItem(storageKey) ?? '{}') as Partial<StoredDrafts<Form>> | null
    const drafts = Array.isArray(stored?.drafts) ? stored.drafts.filter((each) => isDraft(each, isForm)) : []
    return { drafts, currentId: stored?.currentId }
  } catch {
    // Something else wrote there; a draft less is better than a view that does not open.
    return { drafts: [], currentId: undefined }
  }
}

/** Whether the drafts are stored now; a browser may refuse, or its storage be full. */
export function writeDrafts<Form>(
  storage: DraftStorage | undefined,
  { storageKey }: Pick<DraftPlace, 'storageKey'>,
  stored: StoredDrafts<Form>
): boolean {
  try {
    storage?.setItem(storageKey, JSON.stringify(stored))
    return storage !== undefined
  } catch {
    return false
  }
}

function isDraft(value: unknown, isForm: DraftPlace['isForm']): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { draftId, folder, text, form } = value as Partial<StoredDraft<unknown>>
  return (
    typeof draftId === 'string' &&
    typeof folder === 'string' &&
    typeof text === 'string' &&
    typeof form === 'object' &&
    form !== null &&
    isForm(form)
  )
}
