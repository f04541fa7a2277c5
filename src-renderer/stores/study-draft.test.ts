import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useStudyDraftStore } from './study-draft'

let kept: Map<string, string>

beforeEach(() => {
  vi.useFakeTimers()
  kept = new Map()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value)
  })
  setActivePinia(createPinia())
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A draft that is right as it stands. */
function begun() {
  const draft = useStudyDraftStore()
  draft.begin({ name: 'first', model: '/m', calibrationSet: '/c', evaluationSet: '/e' }, '/folder')
  return draft
}

/** What a page finds after a reload. */
function reloaded() {
  setActivePinia(createPinia())
  return useStudyDraftStore()
}

describe('form and text', () => {
  it('say the same after a change of either', () => {
    const draft = begun()
    draft.edit({ name: 'second' }, 'name')
    expect(JSON.parse(draft.text)).toMatchObject({ name: 'second' })
    draft.editText(draft.text.replace('"second"', '"third"'))
    expect(draft.form?.name).toBe('third')
    expect(draft.isInSync).toBe(true)
  })

  it('part while the text is no recipe: the form keeps what it was', () => {
    const draft = begun()
    draft.editText(draft.text.replace('"name": "first"', '"nmae": "first"'))
    expect(draft.isInSync).toBe(false)
    expect(draft.issue).toMatchObject({ place: 'nmae', line: 3 })
    expect(draft.form?.name).toBe('first')
    draft.useForm()
    expect(draft.isInSync).toBe(true)
    expect(draft.issue).toBeUndefined()
  })

  it('stay together when the form itself is not right yet', () => {
    const draft = begun()
    draft.edit({ name: '' }, 'name')
    expect(draft.issue?.place).toBe('name')
    expect(draft.isInSync).toBe(true)
  })
})

describe('undo', () => {
  it('takes a change of form and text back as one, whichever it was made in', () => {
    const draft = begun()
    const before = draft.text
    draft.edit({ name: 'second' }, 'name')
    draft.editText('{')
    draft.undo()
    expect(draft.form?.name).toBe('second')
    expect(draft.isInSync).toBe(true)
    draft.undo()
    expect(draft.text).toBe(before)
    expect(draft.canUndo).toBe(false)
    draft.redo()
    draft.redo()
    expect(draft.text).toBe('{')
    expect(draft.canRedo).toBe(false)
  })
})

describe('drafts', () => {
  it('are there after a reload, also with a text that is no recipe', () => {
    const draft = begun()
    draft.editText('{ "name":')
    vi.advanceTimersByTime(1000)
    const again = reloaded()
    expect(again.text).toBe('{ "name":')
    expect(again.form?.name).toBe('first')
    expect(again.folder).toBe('/folder')
  })

  it('come back after they were deleted', () => {
    const draft = begun()
    draft.begin({ name: 'other' }, '/folder')
    draft.remove()
    expect(draft.form?.name).toBe('first')
    draft.restore()
    expect(draft.form?.name).toBe('other')
    expect(draft.drafts).toHaveLength(2)
  })

  it('know whether they changed since they came from a file or went into one', () => {
    const draft = begun()
    draft.edit({ name: 'second' }, 'name')
    expect(draft.isChangedSinceFile).toBe(false)
    draft.markFiled()
    draft.edit({ name: 'third' }, 'name')
    expect(draft.isChangedSinceFile).toBe(true)
    draft.open({ text: draft.text, folder: '/elsewhere' })
    expect(draft.isChangedSinceFile).toBe(false)
    expect(draft.folder).toBe('/elsewhere')
  })

  it('open from a file that is wrong, to be mended', () => {
    const draft = useStudyDraftStore()
    draft.open({ text: '{ "recipeVersion": 2 }', folder: '/f' })
    expect(draft.issue?.place).toBe('recipeVersion')
    expect(draft.isInSync).toBe(false)
  })

  it('live without storage, and say so', () => {
    vi.stubGlobal('localStorage', {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
    })
    const draft = begun()
    expect(draft.form?.name).toBe('first')
    expect(draft.isKept).toBe(false)
  })

  it.each(['no JSON', 'null', '{"drafts":[{"draftId":1},null]}', '[]'])(
    'leave out what was stored as %s',
    (stored) => {
      kept.set('lathe.study-drafts', stored)
      expect(reloaded().drafts).toEqual([])
    }
  )
})
