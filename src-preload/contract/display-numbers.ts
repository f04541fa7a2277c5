/**
 * Numbers as people read them, the same in a terminal, a report and a window. Fractions become percentages here and
 * nowhere earlier.
 */

/** `4.16 %` */
export function formatPercent(fraction: number, digits = 2): string {
  return `${(fraction * 100).toFixed(digits)} %`
}

/** A rate minus another, and the ends of its interval, as fractions. */
interface DifferenceWithInterval {
  readonly difference: number
  readonly lower: number
  readonly upper: number
}

/** Names an interval by its ends: `0.40 to 2.10`. */
export type RangeWords = (lower: string, upper: string) => string

export const englishRange: RangeWords = (lower, upper) => `${lower} to ${upper}`

/**
 * A difference of two rates with its interval, in percentage points: `+1.23 (+0.40 to +2.10)`. A terminal and a report
 * are English; a window passes the words of its reader.
 */
export function formatDifference(
  { difference, lower, upper }: DifferenceWithInterval,
  range: RangeWords = englishRange
): string {
  return `${signedPoints(difference)} (${range(signedPoints(lower), signedPoints(upper))})`
}

/** A difference of two rates in percentage points, with its sign: `+1.23`. What rounds to nothing has none. */
export function signedPoints(fraction: number): string {
  const text = (fraction * 100).toFixed(2)
  if (Number(text) === 0) return '0.00'
  return fraction > 0 ? `+${text}` : text
}

/**
 * Limits below are those at which the rounded text would reach the next unit: 999 960 bytes are 1.0 MB, not 1000.0 kB.
 */

/** Decimal megabytes, as file managers and model cards count: `32.9 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999.95e3) return `${(bytes / 1e3).toFixed(1)} kB`
  if (bytes < 999.95e6) return `${(bytes / 1e6).toFixed(1)} MB`
  return `${(bytes / 1e9).toFixed(2)} GB`
}

/** `7.08 M` */
export function formatCount(count: number): string {
  if (count < 1e3) return String(count)
  if (count < 999.95e3) return `${(count / 1e3).toFixed(1)} k`
  if (count < 999.995e6) return `${(count / 1e6).toFixed(2)} M`
  return `${(count / 1e9).toFixed(2)} G`
}

/** How a language says durations; each takes numbers as they are written. Milliseconds are `ms` in every language. */
export interface DurationWords {
  readonly seconds: (count: string) => string
  readonly minutes: (count: string) => string
  readonly hours: (count: string) => string
  readonly minutesAndSeconds: (minutes: string, seconds: string) => string
  readonly hoursAndMinutes: (hours: string, minutes: string) => string
}

export const englishDurations: DurationWords = {
  seconds: (count) => `${count} s`,
  minutes: (count) => `${count} min`,
  hours: (count) => `${count} h`,
  minutesAndSeconds: (minutes, seconds) => `${minutes} min ${seconds} s`,
  hoursAndMinutes: (hours, minutes) => `${hours} h ${minutes} min`
}

/** `12.3 ms`, `2.4 s`, `3 min 05 s`; a window passes the words of its reader. */
export function formatDuration(milliseconds: number, words: DurationWords = englishDurations): string {
  if (milliseconds < 999.95) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 59.95e3) return words.seconds((milliseconds / 1000).toFixed(1))
  const seconds = Math.round(milliseconds / 1000)
  return words.minutesAndSeconds(String(Math.floor(seconds / 60)), String(seconds % 60).padStart(2, '0'))
}
