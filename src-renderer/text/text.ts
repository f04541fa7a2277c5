/** All words that a user reads, in one place per language. English is the measure: Japanese has the same members. */
import { computed, ref, type ComputedRef } from 'vue'
import { ablation } from './en/ablation'
import { charts } from './en/charts'
import { compare } from './en/compare'
import { exporting } from './en/export'
import { files } from './en/files'
import { inspect } from './en/inspect'
import { jobs } from './en/jobs'
import { library } from './en/library'
import { numbers } from './en/numbers'
import { progress } from './en/progress'
import { results } from './en/results'
import { shell } from './en/shell'
import { studies } from './en/studies'
import { study } from './en/study'
import { tradeOff } from './en/trade-off'
import { training } from './en/training'
import * as ja from './ja/japanese'

const english = {
  shell,
  files,
  library,
  inspect,
  study,
  training,
  tradeOff,
  ablation,
  compare,
  jobs,
  exporting,
  studies,
  results,
  charts,
  numbers,
  progress
}
export type Text = typeof english

export const languages = ['en', 'ja'] as const
export type Language = (typeof languages)[number]
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', ja: '日本語' }

const texts: Readonly<Record<Language, Text>> = { en: english, ja }
const storageKey = 'lathe.language'

/** What the user chose; at first the browser's language where it is one of ours. */
export const language = ref<Language>(initialLanguage())

function initialLanguage(): Language {
  const stored = readStored()
  return languages.find((each) => each === stored) ?? (navigator.language.startsWith('ja') ? 'ja' : 'en')
}

function readStored(): string | null {
  try {
    return window.localStorage.getItem(storageKey)
  } catch {
    // A browser may refuse storage; the choice then lasts as long as the page.
    return null
  }
}

export function setLanguage(chosen: Language): void {
  language.value = chosen
  document.documentElement.lang = chosen
  try {
    window.localStorage.setItem(storageKey, chosen)
  } catch {
    // As above.
  }
}

const current = computed<Text>(() => texts[language.value])

/** The words in the user's language: `text.library.title` in a template. */
export function useText(): ComputedRef<Text> {
  return current
}
