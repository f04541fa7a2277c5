import type { LayerDecision } from '@contract/trial'

/**
 * What layers are called where there is room for a few words, by layer id: block and role, such as `3 q`. Where layers of
 * one block share a role, as the two feed-forwards of a Conformer do, the part of their ids that differs is added:
 * `3 fc1 feed_forward2`; one that names the role itself stands in its place: `3 pointwise_conv2`. A layer outside the
 * blocks has its id.
 */
export function layerLabels(layers: readonly LayerDecision[]): ReadonlyMap<string, string> {
  const distinct = [...new Map(layers.map((layer) => [layer.layerId, layer])).values()]
  const alike = Map.groupBy(distinct, shortLabel)
  return new Map(
    [...alike].flatMap(([label, [first, ...others]]) => {
      if (first === undefined) return []
      if (others.length === 0) return [[first.layerId, label] as const]
      const own = differingParts([first, ...others].map(({ layerId }) => layerId))
      return [first, ...others].map(({ layerId, blockIndex, role }, index) => {
        const part = own[index] ?? ''
        const named = part.includes(role) ? `${blockIndex} ${part}` : `${label} ${part}`.trimEnd()
        return [layerId, named] as const
      })
    })
  )
}

function shortLabel({ blockIndex, role, layerId }: LayerDecision): string {
  return blockIndex === null ? layerId : `${blockIndex} ${role}`
}

/** Of every id the steps of its path between those that all ids begin with and those that all end with. */
function differingParts(ids: readonly string[]): string[] {
  const paths = ids.map((id) => id.split('/'))
  const shortest = Math.min(...paths.map(({ length }) => length))
  const isShared = (step: number) => new Set(paths.map((path) => path.at(step))).size === 1
  let start = 0
  while (start < shortest && isShared(start)) start++
  let end = 0
  while (end < shortest - start && isShared(-1 - end)) end++
  return paths.map((path) => path.slice(start, path.length - end).join('/'))
}
