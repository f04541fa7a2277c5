/**
 * Measured sensitivity: each layer was cut alone at a few ranks and the damage to the whole model measured. Ranks go
 * where they undo most damage per cost, along the lower convex hull of each layer's curve.
 *
 * Source: the idea of ASVD (arXiv 2312.05821) and LSP (arXiv 2609.40127); the greedy as in `steepest-choices.ts`.
 * Limits: damages of layers are added up, though cuts interact; only measured ranks are chosen; noise is taken at
 * face value, so that a layer that a cut seems to improve stays cut.
 */
import { WorkbenchError } from '@contract/errors'
import type { SensitivityTable } from '@contract/rank-plan'
import { costOf, type PricedLayer, type RankConstraints } from './allocation'
import { choiceCurve, type ChoiceCurve } from './choice-curve'
import { permittedRanks } from './permitted-ranks'
import { needed, type RankPolicy } from './rank-policy'
import { chooseSteepest } from './steepest-choices'

export const sensitivityPolicy: RankPolicy = {
  name: 'sensitivity',
  version: 1,
  needs: ['budget', 'sensitivities'],
  allocate(problem) {
    const damages = measuredDamages(needed(problem, 'sensitivities', 'sensitivity'))
    const curves = problem.layers.map((layer) => damageCurve(layer, problem.constraints, damages))
    const chosen = chooseSteepest(curves, needed(problem, 'budget', 'sensitivity'))
    return curves.map(({ ranks }, index) => ranks[chosen[index]!])
  }
}

/** Damage by rank, by layer id. */
type Damages = ReadonlyMap<string, ReadonlyMap<number, number>>

function measuredDamages({ layers }: SensitivityTable): Damages {
  const damages = new Map<string, Map<number, number>>()
  for (const { layerId, points } of layers) {
    const curve = damages.get(layerId) ?? new Map<number, number>()
    damages.set(layerId, curve)
    for (const { rank, damage } of points) {
      if (curve.has(rank)) {
        throw new WorkbenchError(
          'invalid-input',
          `The sensitivity table holds layer '${layerId}' at rank ${rank} twice; keep one of them.`,
          { details: { layerId, rank } }
        )
      }
      curve.set(rank, damage)
    }
  }
  return damages
}

/**
 * Cost and damage of every measured rank that is permitted, and of dense. Layers that share a matrix are cut together,
 * so one of them stands for all.
 */
function damageCurve(layer: PricedLayer, constraints: RankConstraints, damages: Damages): ChoiceCurve {
  const permitted = permittedRanks(layer, constraints)
  const ranks: (number | undefined)[] = [undefined]
  const losses = [0]
  if (permitted !== undefined) {
    const { smallest, largest, step } = permitted
    for (const [rank, damage] of curveOf(layer, damages)) {
      if (rank < smallest || rank > largest || rank % step !== 0) continue
      ranks.push(rank)
      losses.push(damage)
    }
  }
  return choiceCurve(
    ranks,
    Float64Array.from(ranks, (rank) => costOf(layer, rank)),
    Float64Array.from(losses)
  )
}

function curveOf({ layerIds }: PricedLayer, damages: Damages): ReadonlyMap<number, number> {
  for (const id of layerIds) {
    const curve = damages.get(id)
    if (curve !== undefined) return curve
  }
  throw new WorkbenchError(
    'invalid-input',
    `The sensitivity table holds nothing about layer '${layerIds[0]}'; measure it or keep it dense.`,
    { details: { layerId: layerIds[0] } }
  )
}
