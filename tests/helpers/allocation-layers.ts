import type {
  LayerSpectrum,
  PricedLayer,
  Ranks,
  RankConstraints
} from '../../src-main/compression/allocation/allocation'
import { costOf } from '../../src-main/compression/allocation/allocation'
import { parameterCost } from '../../src-main/compression/allocation/budget'
import { permittedRanks } from '../../src-main/compression/allocation/permitted-ranks'
import type { Prng } from '../../src-main/base/prng'

/** A layer [in, out] with the given spectrum, priced in parameters. */
export function pricedLayer(
  id: string,
  [inFeatures, outFeatures]: readonly [number, number],
  singularValues: readonly number[],
  more: Partial<LayerSpectrum> = {}
): PricedLayer {
  const layer: LayerSpectrum = {
    layerIds: [id],
    role: 'other',
    inFeatures,
    outFeatures,
    singularValues: Float64Array.from(singularValues),
    ...more
  }
  return { ...layer, cost: parameterCost(layer) }
}

/** A descending spectrum that falls exponentially or like a power, at a random rate, with noise on it. */
export function randomSpectrum(prng: Prng, count: number): Float64Array {
  const scale = 10 ** (4 * prng.uniform() - 2)
  const rate = 0.5 + 6 * prng.uniform()
  const isPower = prng.uniform() < 0.5
  const values = Float64Array.from({ length: count }, (_, i) => {
    const smooth = isPower ? (1 + i) ** (-rate / 4) : Math.exp((-rate * i) / count)
    return scale * smooth * (0.5 + prng.uniform())
  })
  return values.sort((a, b) => b - a)
}

/** Layers of random shapes and spectra, priced in parameters. */
export function randomLayers(prng: Prng, count: number, largestSide: number): PricedLayer[] {
  return Array.from({ length: count }, (_, index) => {
    const inFeatures = 2 + prng.integer(largestSide - 1)
    const outFeatures = 2 + prng.integer(largestSide - 1)
    const spectrum = randomSpectrum(prng, Math.min(inFeatures, outFeatures))
    return pricedLayer(`layer.${index}`, [inFeatures, outFeatures], [...spectrum])
  })
}

/** Every combination of permitted ranks and dense. Only for a handful of small layers. */
export function everyDecision(layers: readonly PricedLayer[], constraints: RankConstraints): Ranks[] {
  return layers.reduce<Ranks[]>(
    (decisions, layer) => {
      const permitted = permittedRanks(layer, constraints)
      const choices: (number | undefined)[] = [undefined]
      if (permitted !== undefined) {
        for (let r = permitted.smallest; r <= permitted.largest; r += permitted.step) choices.push(r)
      }
      return decisions.flatMap((decision) => choices.map((choice) => [...decision, choice]))
    },
    [[]]
  )
}

/** The largest cost of one layer's next rank: what a budget may leave unspent at most, jumps to dense aside. */
export function largestRankStep(layers: readonly PricedLayer[], { rankMultiple }: RankConstraints): number {
  return Math.max(...layers.map((layer) => costOf(layer, 2 * rankMultiple) - costOf(layer, rankMultiple)))
}
