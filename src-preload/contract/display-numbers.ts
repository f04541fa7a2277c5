/**
 * Numbers as people read them, the same in a terminal, a report and a window. Fractions become percentages here and
 * nowhere earlier.
 */

/** `4.16 %` */
export function formatPercent(fraction: number, digits = 2): string {
  return `${(fraction * 100).toFixed(digits)} %`
}

/** A difference of two rates with its interval, in percentage points: `+1.23 (+0.40 to +2.10)`. */
export function formatDifference({
  difference,
  lower,
  upper
}: {
  readonly difference: number
  readonly lower: number
  readonly upper: number
}): string {
  return `${signedPoints(difference)} (${signedPoints(lower)} to ${signedPoints(upper)})`
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

/** `12.3 ms`, `2.4 s`, `3 min 05 s` */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.95) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 59.95e3) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}
