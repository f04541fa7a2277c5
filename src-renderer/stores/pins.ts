import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { TrialReport } from '@contract/trial'

/** A tier that the user keeps in sight, under a name of the user's own. */
export interface Pin {
  readonly trialId: string
  readonly name: string
}

const keyOf = (studyId: string) => `lathe.pins.${studyId}`

/** The pinned tiers of the study in hand, in the order in which they were pinned; kept in the browser per study. */
export const usePinsStore = defineStore('pins', () => {
  const studyId = shallowRef<string>()
  const pins = shallowRef<readonly Pin[]>([])
  /** Names of tiers that were let go, so that pinning one again brings its name back. */
  const formerNames = new Map<string, string>()
  const names = computed<ReadonlyMap<string, string>>(
    () => new Map(pins.value.map(({ trialId, name }) => [trialId, name]))
  )

  function open(study: string): void {
    if (studyId.value === study) return
    studyId.value = study
    pins.value = read(study)
  }

  function toggle({ trialId, name }: Pick<TrialReport, 'trialId' | 'name'>): void {
    const known = pins.value.find((pin) => pin.trialId === trialId)
    if (known === undefined) {
      write([...pins.value, { trialId, name: formerNames.get(trialId) ?? name }])
    } else {
      formerNames.set(trialId, known.name)
      write(pins.value.filter((pin) => pin !== known))
    }
  }

  /** An empty name is none: the tier keeps the one that it has. */
  function rename(trialId: string, name: string): void {
    const wanted = name.trim()
    if (wanted === '') return
    write(pins.value.map((pin) => (pin.trialId === trialId ? { trialId, name: wanted } : pin)))
  }

  function write(next: readonly Pin[]): void {
    pins.value = next
    if (studyId.value === undefined) return
    try {
      window.localStorage.setItem(keyOf(studyId.value), JSON.stringify(next))
    } catch {
      // A browser may refuse storage; the pins then last as long as the page.
    }
  }

  return { pins, names, open, toggle, rename }
})

function read(studyId: string): readonly Pin[] {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(keyOf(studyId)) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isPin) : []
  } catch {
    // Refused, or written by something else: there are no pins.
    return []
  }
}

function isPin(stored: unknown): stored is Pin {
  return (
    typeof stored === 'object' &&
    stored !== null &&
    'trialId' in stored &&
    typeof stored.trialId === 'string' &&
    'name' in stored &&
    typeof stored.name === 'string'
  )
}
