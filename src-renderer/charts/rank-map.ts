import type { LayerDecision, TrialReport } from '@contract/trial'

/** The ranks of one layer in two trials. */
export interface RankPair {
  readonly layer: LayerDecision
  /** Null: dense; undefined: not in the plan of this trial. */
  readonly first: number | null | undefined
  readonly second: number | null | undefined
  /** Second − first, a dense layer counted as its largest rank; undefined where a plan leaves the layer out. */
  readonly difference: number | undefined
}

/** Whether ranks were chosen for the trial. */
export function hasRanks({ plan }: TrialReport): boolean {
  return plan?.some(({ rank }) => rank !== null) ?? false
}

/** The largest rank that a layer could have, as which a dense layer counts. */
export function fullRank({ inFeatures, outFeatures }: LayerDecision): number {
  return Math.min(inFeatures, outFeatures)
}

/** The layers of both plans by block, then as the network computes them, each with its rank in either trial. */
export function rankPairs(first: TrialReport, second: TrialReport): RankPair[] {
  const firsts = new Map(first.plan?.map((layer) => [layer.layerId, layer]))
  const seconds = new Map(second.plan?.map((layer) => [layer.layerId, layer]))
  return [...new Map([...firsts, ...seconds]).values()]
    .toSorted((a, b) => (a.blockIndex ?? Infinity) - (b.blockIndex ?? Infinity) || 0)
    .map((layer) => {
      const [a, b] = [firsts.get(layer.layerId)?.rank, seconds.get(layer.layerId)?.rank]
      const full = fullRank(layer)
      const difference = a === undefined || b === undefined ? undefined : (b ?? full) - (a ?? full)
      return { layer, first: a, second: b, difference }
    })
}
