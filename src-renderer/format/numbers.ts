/**
 * Numbers as people read them, in the same form as the command line prints them. A unit ends where the rounded text
 * would reach the next one: 999 960 bytes are 1.0 MB, not 1000.0 kB.
 */

/** What stands where nothing was measured. */
export const notMeasured = '–'

/** `4.16 %` */
export function formatPercent(fraction: number, digits = 2): string {
  return `${(fraction * 100).toFixed(digits)} %`
}

/** `3.21–5.20 %` */
export function formatInterval({ lower, upper }: { lower: number; upper: number }): string {
  return `${(lower * 100).toFixed(2)}–${formatPercent(upper)}`
}

/** Decimal megabytes, as file managers and model cards count: `32.9 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`
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

/** `12.3 ms` */
export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`
}

/** How many times faster than real time, from processing ÷ audio seconds: `25.4`. */
export function formatRealTimeSpeed(realTimeFactor: number): string {
  return (1 / realTimeFactor).toFixed(1)
}

/** `42 s`, `12.4 min`, `5.4 h` */
export function formatAudioDuration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
