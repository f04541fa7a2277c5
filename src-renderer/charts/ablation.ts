/** Finds, in a study, the trials that tell what single layers are worth. */
import type { LayerDecision, RateDifferenceReport, TrialReport } from '@contract/trial'

/** `layer-by-layer`: exactly one layer compressed. `leave-one-out`: exactly one left dense. */
export type AblationKind = 'layer-by-layer' | 'leave-one-out'

/** What one layer did. */
export interface AblationEntry {
  readonly trial: TrialReport
  readonly layer: LayerDecision
  /** Error rate − that of the baseline over the same recordings. */
  readonly change: RateDifferenceReport
  /** Whether the 95 % interval of the change excludes zero. */
  readonly isSignificant: boolean
}

/** Trials that differ in the layer that stands out, and in its rank. */
export interface Ablation {
  /** `layer-by-layer, whitened-svd, float32` */
  readonly id: string
  readonly kind: AblationKind
  readonly entries: readonly AblationEntry[]
}

/**
 * The ablations that a study holds: groups of like trials in which at least two different layers stand out. One trial
 * alone is an ordinary plan that happened to leave one layer as it is.
 */
export function findAblations(trials: readonly TrialReport[]): Ablation[] {
  const groups = new Map<string, { kind: AblationKind; entries: AblationEntry[] }>()
  for (const trial of trials) {
    const single = singleLayer(trial)
    const change = trial.versusBaseline
    if (trial.state !== 'completed' || single === undefined || change === undefined) continue
    const { kind, layer } = single
    const id = groupName(kind, trial)
    const group = groups.get(id) ?? { kind, entries: [] }
    group.entries.push({ trial, layer, change, isSignificant: change.lower > 0 || change.upper < 0 })
    groups.set(id, group)
  }
  return [...groups].flatMap(([id, { kind, entries }]) =>
    new Set(entries.map(({ layer }) => layer.layerId)).size < 2 ? [] : [{ id, kind, entries }]
  )
}

function singleLayer({ plan = [] }: TrialReport): { kind: AblationKind; layer: LayerDecision } | undefined {
  const compressed = plan.filter(({ rank }) => rank !== null)
  const [onlyCompressed] = compressed
  if (compressed.length === 1 && onlyCompressed !== undefined) {
    return { kind: 'layer-by-layer', layer: onlyCompressed }
  }
  const onlyDense = plan.find(({ rank }) => rank === null)
  return compressed.length === plan.length - 1 && compressed.length > 1 && onlyDense !== undefined
    ? { kind: 'leave-one-out', layer: onlyDense }
    : undefined
}

function groupName(
  kind: AblationKind,
  { method, precision, calibration, refit, targetRetainedFraction: target }: TrialReport
): string {
  return [
    kind,
    method,
    precision,
    ...(calibration === 'sequential' ? ['sequential'] : []),
    ...(refit ? ['refit'] : []),
    // With one layer left out the target says how hard the others were cut; with one cut it is that layer's rank.
    ...(kind === 'leave-one-out' && target !== null ? [`${Math.round(target * 1000) / 10} %`] : [])
  ].join(', ')
}

/** The ranks that single layers were cut to, ascending; empty where they were left dense. */
export function ablatedRanks({ entries }: Ablation): number[] {
  const ranks = new Set(entries.flatMap(({ layer }) => (layer.rank === null ? [] : [layer.rank])))
  return [...ranks].toSorted((a, b) => a - b)
}

/**
 * One entry per layer, the one that adds the most error first. Of several ranks of a layer the wanted one counts, or
 * the worst where `rank` is undefined.
 */
export function sensitivityRanking({ entries }: Ablation, rank?: number): AblationEntry[] {
  const worst = new Map<string, AblationEntry>()
  for (const entry of entries) {
    if (rank !== undefined && entry.layer.rank !== rank) continue
    const known = worst.get(entry.layer.layerId)
    if (known === undefined || entry.change.difference > known.change.difference) {
      worst.set(entry.layer.layerId, entry)
    }
  }
  return [...worst.values()].toSorted((a, b) => b.change.difference - a.change.difference)
}
