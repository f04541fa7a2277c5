import type { DurationWords } from '@contract/display-numbers'

/**
 * A moment (ISO 8601) as the reader writes it, in the reader's time zone: `3 Feb 2026, 14:05`. `language`: `en`, `ja`.
 */
export function formatMoment(moment: string, language: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'medium',
    timeStyle: 'short'
  }).format(new Date(moment))
}

/** The time of day with seconds, for a line of a log: `14:05:09`. */
export function formatTimeOfDay(moment: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format(new Date(moment))
}

/** `40 s`, `3 min 05 s`, `2 h 07 min`: what is left or was needed, where tenths of a second say nothing. */
export function formatWait(seconds: number, words: DurationWords): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return words.seconds(String(whole))
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return words.minutesAndSeconds(String(minutes), twoDigits(whole % 60))
  return words.hoursAndMinutes(String(Math.floor(minutes / 60)), twoDigits(minutes % 60))
}

function twoDigits(count: number): string {
  return String(count).padStart(2, '0')
}
