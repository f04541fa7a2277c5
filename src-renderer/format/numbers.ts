/** Numbers that only the window shows; what it shares with the command line is in the contract. */
import { formatPercent, type DurationWords } from '@contract/display-numbers'
import type { PairedLatency } from '@contract/trial'

/** What stands where nothing was measured. */
export const notMeasured = '–'

/** `3.21–5.20 %` */
export function formatInterval({ lower, upper }: { lower: number; upper: number }): string {
  return `${(lower * 100).toFixed(2)}–${formatPercent(upper)}`
}

/** `12.3 ms` */
export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`
}

/** How many times faster than real time, from processing ÷ audio seconds: `25.4`. */
export function formatRealTimeSpeed(realTimeFactor: number): string {
  return (1 / realTimeFactor).toFixed(1)
}

/** With its interval: `1.62x (1.55–1.70)`. */
export function formatSpeedup({ speedup, interval }: Pick<PairedLatency, 'speedup' | 'interval'>): string {
  return `${speedup.toFixed(2)}x (${interval.lower.toFixed(2)}–${interval.upper.toFixed(2)})`
}

/** `42 s`, `12.4 min`, `5.4 h` */
export function formatAudioDuration(seconds: number, words: DurationWords): string {
  if (seconds < 120) return words.seconds(String(Math.round(seconds)))
  if (seconds < 7200) return words.minutes((seconds / 60).toFixed(1))
  return words.hours((seconds / 3600).toFixed(1))
}
