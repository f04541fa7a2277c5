/** Which layers a recipe compresses: by role, and by patterns over layer ids. */
import { WorkbenchError } from '@contract/errors'
import type { LayerSelection } from '@contract/recipe'
import { namePattern } from '../base/name-pattern'
import { indexGraph } from '../onnx/graph-index'
import type { Model } from '../onnx/ir/model'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import { assertRewritable, rewritableLayers } from '../onnx/passes/rewrite-obstacle'

/**
 * The layers that a recipe compresses, in their order in the model: those that fit one of `include` (all, when it is
 * empty), have none of `excludeRoles`, fit none of `exclude`, and can be rewritten. Layers in subgraphs and layers that
 * multiply in another type than float32 stay as they are.
 *
 * Patterns are layer ids in which `*` stands for any text, dots and slashes included; nothing else is special. Roles go
 * before patterns: including a layer by name does not bring back an excluded role.
 *
 * @throws WorkbenchError `invalid-input` for a pattern that no layer fits or when nothing is left, `unsupported-model`
 * when no layer that is left can be rewritten.
 */
export function selectLayers(
  model: Model,
  layers: readonly LinearLayer[],
  { excludeRoles, include, exclude }: LayerSelection
): LinearLayer[] {
  const included = matchPatterns(layers, include, 'include')
  const excluded = matchPatterns(layers, exclude, 'exclude')
  const selected = layers.filter(
    (layer) =>
      (include.length === 0 || included.has(layer)) &&
      !excluded.has(layer) &&
      !excludeRoles.includes(layer.role)
  )
  if (selected.length === 0) {
    throw new WorkbenchError(
      'invalid-input',
      `No linear layer is left to compress: the model has ${layers.length}, with the roles ${[...new Set(layers.map(({ role }) => role))].join(', ')}; ${include.length === 0 ? 'exclude fewer of them' : 'include more of them or exclude fewer'}.`
    )
  }
  const rewritable = rewritableLayers(model, selected)
  // Nothing to do would look like success: say of one layer what is in the way.
  if (rewritable.length === 0) assertRewritable(indexGraph(model.graph), selected)
  return rewritable
}

/** The layers that fit one of the patterns. */
function matchPatterns(
  layers: readonly LinearLayer[],
  patterns: readonly string[],
  purpose: 'include' | 'exclude'
): ReadonlySet<LinearLayer> {
  return new Set(
    patterns.flatMap((pattern) => {
      const expression = namePattern(pattern)
      const matching = layers.filter(({ id }) => id === pattern || expression.test(id))
      if (matching.length === 0) throw unmatched(pattern, layers, purpose)
      return matching
    })
  )
}

function unmatched(
  pattern: string,
  layers: readonly LinearLayer[],
  purpose: 'include' | 'exclude'
): WorkbenchError {
  const near = nearIds(
    pattern.replaceAll('*', ''),
    layers.map(({ id }) => id)
  )
  const what = pattern.includes('*') ? `whose id fits '${pattern}'` : `'${pattern}'`
  const but = near.length === 0 ? '' : `, but ${near.map((id) => `'${id}'`).join(' and ')} come near`
  return new WorkbenchError(
    'invalid-input',
    `The model has no linear layer ${what} to ${purpose}${but}; 'lathe inspect' lists the layers.`,
    { details: { pattern, near: near.join(', ') } }
  )
}

/** How many near ids a message names. */
const nearLimit = 3

/** The ids in which `text` occurs but for a third of its letters, nearest first. */
function nearIds(text: string, ids: readonly string[]): string[] {
  return ids
    .map((id) => ({ id, distance: distanceInside(text, id) }))
    .filter(({ distance }) => distance <= text.length / 3)
    .sort((a, b) => a.distance - b.distance || a.id.length - b.id.length)
    .slice(0, nearLimit)
    .map(({ id }) => id)
}

/** The fewest letters to insert, delete or replace that turn `text` into a part of `whole`. */
function distanceInside(text: string, whole: string): number {
  // Row r holds the distances of the first r letters to parts that end at each place; a part may begin anywhere.
  let row = new Array<number>(whole.length + 1).fill(0)
  for (let r = 1; r <= text.length; r++) {
    const next = [r]
    for (let c = 1; c <= whole.length; c++) {
      const replaced = row[c - 1]! + (text[r - 1] === whole[c - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[c]! + 1, next[c - 1]! + 1))
    }
    row = next
  }
  return Math.min(...row)
}
