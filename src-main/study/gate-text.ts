import type { Gate, GateMetric, GateVerdict } from '@contract/gate'
import { formatBytes, formatPercent, signedPoints } from '@contract/display-numbers'

/** How each bounded figure is called and written. */
const metricTexts: Readonly<
  Record<
    GateMetric,
    { readonly name: string; readonly isRelative: boolean; readonly format: (value: number) => string }
  >
> = {
  'error-rate': { name: 'error rate', isRelative: false, format: formatPercent },
  'error-rate-increase': { name: 'error rate increase', isRelative: true, format: formatPoints },
  speedup: { name: 'speedup', isRelative: true, format: formatFactor },
  'real-time-factor': { name: 'real-time factor', isRelative: false, format: (value) => value.toFixed(4) },
  'size-bytes': { name: 'size', isRelative: false, format: formatBytes },
  'size-ratio': { name: 'size ratio', isRelative: true, format: (value) => value.toFixed(3) },
  'peak-memory-bytes': { name: 'peak memory', isRelative: false, format: formatBytes }
}

/** A difference of two rates in percentage points, with its sign: `+0.50 pt`. */
export function formatPoints(difference: number): string {
  return `${signedPoints(difference)} pt`
}

function formatFactor(value: number): string {
  return `${value.toFixed(2)}x`
}

/** A gate as a sentence fragment: `error rate increase over int8 at most +0.50 pt`. */
export function describeGate(gate: Gate): string {
  const { name, isRelative, format } = metricTexts[gate.metric]
  const bound =
    gate.atMost === undefined ? `at least ${format(gate.atLeast ?? 0)}` : `at most ${format(gate.atMost)}`
  return `${name}${isRelative ? ` over ${gate.reference}` : ''} ${bound}`
}

/** What a gate looked at: `+0.42 pt (+0.10 pt to +0.73 pt)`, `2.31x`, or that it was not measured. */
export function formatGateFigure({ gate, value, interval }: GateVerdict): string {
  const { format } = metricTexts[gate.metric]
  if (value === null) return 'not measured'
  return interval === null
    ? format(value)
    : `${format(value)} (${format(interval.lower)} to ${format(interval.upper)})`
}
