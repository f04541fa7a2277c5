/**
 * Gates: what a tier must reach to be of use, and whether it does.
 *
 * Measured error rates come with intervals, and a gate on one is decided only when the whole interval lies on one side
 * of the bound. So is a speedup that was measured turn by turn. Sizes are exact; other latencies are judged by their p50.
 */
import type { Gate, GatePreset, GateVerdict, RecipeGates } from '@contract/gate'
import { qualityOf, type Quality } from '@contract/quality'
import type { Interval, PairedLatency, RateDifferenceReport, TrialReport } from '@contract/trial'
import { assertNever } from '../base/assert-never'

/** Gates by the names of presets. */
const presets: Readonly<Record<GatePreset, readonly Gate[]>> = {
  /**
   * What new streaming recipes of Microsoft Olive have to reach: WER below 9 %, at most one point lost and only for twice
   * the speed on the same compute, less than 2 GB. The condition "only for" is not a bound on one figure, so the speed is
   * asked for always, which is stricter. Their bound on streaming latency (1 s of look-ahead) has no counterpart here.
   *
   * Source: guidelines of the ASR recipes in github.com/microsoft/olive-recipes (nemotron-speech-streaming-en-0.6b).
   */
  'olive-streaming': [
    { metric: 'error-rate', atMost: 0.09, reference: 'baseline' },
    { metric: 'error-rate-increase', atMost: 0.01, reference: 'baseline' },
    { metric: 'speedup', atLeast: 2, reference: 'baseline' },
    { metric: 'size-bytes', atMost: 2e9, reference: 'baseline' }
  ]
}

/** The gates of a recipe with presets spelled out. */
export function resolveGates(gates: RecipeGates): Gate[] {
  return gates.flatMap((gate) => ('preset' in gate ? presets[gate.preset] : [gate]))
}

/** The figures of a model that gates bound; a trial's report has them all. Absent: not measured. */
export type GateFigures = Pick<
  TrialReport,
  | 'wordErrorRate'
  | 'wordErrorRateInterval'
  | 'accuracy'
  | 'accuracyInterval'
  | 'latencyMilliseconds'
  | 'realTimeFactor'
  | 'sizeBytes'
  | 'peakResidentBytes'
>

/** A tier, what it is held against, and how their error rates differ. Absent: not measured. */
export interface GateEvidence {
  readonly tier: GateFigures
  readonly baseline: GateFigures | undefined
  readonly int8: GateFigures | undefined
  /** Error rate of the tier − error rate of the reference, with its 95 % interval. */
  readonly versusBaseline: RateDifferenceReport | undefined
  readonly versusInt8: RateDifferenceReport | undefined
  /** Speed against a reference, measured turn by turn with it; empty where the p50 figures are all there is. */
  readonly pairedLatencies: readonly Pick<PairedLatency, 'reference' | 'speedup' | 'interval'>[]
}

/**
 * One verdict per gate, in their order.
 *
 * A gate with an interval is `passed` when all of it is within the bound, `failed` when all of it is outside, and
 * `undecided` otherwise. One without (sizes, ratios of p50 latencies, real-time factor, memory) is decided by its value; the bound
 * itself passes. What was not measured is `undecided`.
 */
export function judgeGates(gates: readonly Gate[], evidence: GateEvidence): GateVerdict[] {
  return gates.map((gate) => {
    const { value, interval } = figureOf(gate, evidence)
    const verdict = value === null ? 'undecided' : judge(gate, interval ?? { lower: value, upper: value })
    return { gate, value, interval, verdict }
  })
}

/** Whether every gate is passed. Undecided is not passed; without gates there is nothing to pass, and this is false. */
export function passesAll(verdicts: readonly GateVerdict[]): boolean {
  return verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === 'passed')
}

/**
 * The smallest tier that passes all gates; of equally small ones the one with the lower error rate, then the first.
 * Undefined when none passes, and when there are no gates.
 */
export function bestTier(trials: readonly TrialReport[]): TrialReport | undefined {
  const bytes = ({ sizeBytes }: TrialReport) => sizeBytes ?? Infinity
  const errors = (trial: TrialReport) => qualityOf(trial)?.errorRate ?? Infinity
  return trials
    .filter(({ gates }) => passesAll(gates ?? []))
    .toSorted((a, b) => compare(bytes(a), bytes(b)) || compare(errors(a), errors(b)))[0]
}

/** Not a difference: two infinities have none. */
function compare(a: number, b: number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

interface Figure {
  readonly value: number | null
  readonly interval: Interval | null
}

function figureOf(gate: Gate, evidence: GateEvidence): Figure {
  const { tier } = evidence
  const reference = evidence[gate.reference]
  switch (gate.metric) {
    case 'error-rate':
      return rateFigure(qualityOf(tier))
    case 'error-rate-increase':
      return differenceFigure(gate.reference === 'int8' ? evidence.versusInt8 : evidence.versusBaseline)
    case 'speedup':
      return speedupFigure(gate, evidence)
    case 'real-time-factor':
      return exact(tier.realTimeFactor)
    case 'size-bytes':
      return exact(tier.sizeBytes)
    case 'size-ratio':
      return ratio(tier.sizeBytes, reference?.sizeBytes)
    case 'peak-memory-bytes':
      return exact(tier.peakResidentBytes)
    default:
      return assertNever(gate.metric)
  }
}

/** Where both were not measured together, the ratio of figures that were measured minutes apart, as older records have it. */
function speedupFigure({ reference }: Gate, evidence: GateEvidence): Figure {
  const paired = evidence.pairedLatencies.find((each) => each.reference === reference)
  if (paired !== undefined) return { value: paired.speedup, interval: paired.interval }
  return ratio(evidence[reference]?.latencyMilliseconds?.p50, evidence.tier.latencyMilliseconds?.p50)
}

function exact(value: number | undefined): Figure {
  return { value: value ?? null, interval: null }
}

function ratio(above: number | undefined, below: number | undefined): Figure {
  return exact(above === undefined || below === undefined || below === 0 ? undefined : above / below)
}

function rateFigure(quality: Quality | undefined): Figure {
  if (quality === undefined) return exact(undefined)
  return { value: quality.errorRate, interval: { lower: quality.lower, upper: quality.upper } }
}

function differenceFigure(versus: RateDifferenceReport | undefined): Figure {
  if (versus === undefined) return exact(undefined)
  return { value: versus.difference, interval: { lower: versus.lower, upper: versus.upper } }
}

function judge({ atMost, atLeast }: Gate, { lower, upper }: Interval): GateVerdict['verdict'] {
  if (atMost !== undefined) return sideOf(upper <= atMost, lower > atMost)
  // The schema sees to it that a gate has one of the two.
  return sideOf(lower >= (atLeast ?? -Infinity), upper < (atLeast ?? -Infinity))
}

function sideOf(isWithin: boolean, isOutside: boolean): GateVerdict['verdict'] {
  if (isWithin) return 'passed'
  return isOutside ? 'failed' : 'undecided'
}

/** The references that gates hold the speed of a tier against, each once: what has to be measured turn by turn. */
export function speedReferences(gates: readonly Gate[]): Gate['reference'][] {
  const wanted = gates.filter(({ metric }) => metric === 'speedup').map(({ reference }) => reference)
  return [...new Set(wanted)]
}
