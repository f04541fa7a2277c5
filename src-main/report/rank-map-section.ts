import type { LayerDecision, TrialReport } from '@contract/trial'
import { layerLabels } from '../../src-renderer/charts/layer-labels'
import { html, type Html } from './html'

/** One choice of ranks, and the trials that share it: number formats do not change ranks. */
interface RankColumn {
  readonly names: readonly string[]
  readonly decisions: ReadonlyMap<string, LayerDecision>
}

/** Ranks of every layer in every tier, with more colour where more is kept; empty when no ranks were chosen. */
export function rankMapSection(trials: readonly TrialReport[]): Html[] {
  const columns = rankColumns(trials)
  const layers = layersOf(columns)
  if (layers.length === 0) return []
  const labels = layerLabels(layers)
  const rows = layers.map(
    (layer) =>
      html`<tr>
        <th scope="row" title="${layer.layerId}">
          ${rowLabel(layer, labels.get(layer.layerId) ?? layer.layerId)}
        </th>
        ${columns.map(({ decisions }) => rankCell(decisions.get(layer.layerId)))}
      </tr>`
  )
  return [
    html`<p>
        Rank of each layer: the stronger the colour, the closer to the largest it could have. Dense layers are
        left as they are. Tiers with the same ranks share a column.
      </p>
      <div class="wide">
        <table class="ranks">
          <thead>
            <tr>
              <th scope="col">layer</th>
              ${columns.map(({ names }) => html`<th scope="col" title="${names.join('\n')}"><span>${columnLabel(names)}</span></th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>`
  ]
}

function rankColumns(trials: readonly TrialReport[]): RankColumn[] {
  const columns = new Map<string, { names: string[]; decisions: ReadonlyMap<string, LayerDecision> }>()
  for (const { name, plan } of trials) {
    if (plan === undefined || plan.every(({ rank }) => rank === null)) continue
    const key = JSON.stringify(plan.map(({ layerId, rank }) => [layerId, rank]))
    const known = columns.get(key)
    if (known === undefined)
      columns.set(key, { names: [name], decisions: new Map(plan.map((layer) => [layer.layerId, layer])) })
    else known.names.push(name)
  }
  return [...columns.values()]
}

/** Every layer that some column decides on, by block, then by role as the network computes them. */
function layersOf(columns: readonly RankColumn[]): LayerDecision[] {
  const layers = new Map(columns.flatMap(({ decisions }) => [...decisions]))
  return [...layers.values()].toSorted((a, b) => (a.blockIndex ?? Infinity) - (b.blockIndex ?? Infinity) || 0)
}

/** `block 3 fc1 (384 × 1536)`. */
function rowLabel({ blockIndex, inFeatures, outFeatures }: LayerDecision, label: string): string {
  return `${blockIndex === null ? '' : 'block '}${label} (${inFeatures} × ${outFeatures})`
}

function columnLabel([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} +${others.length}`
}

function rankCell(decision: LayerDecision | undefined): Html {
  if (decision === undefined) return html`<td class="absent"></td>`
  const { rank, inFeatures, outFeatures } = decision
  if (rank === null) return html`<td class="dense">dense</td>`
  const share = Math.round((100 * rank) / Math.min(inFeatures, outFeatures))
  return html`<td style="--kept: ${share}%">${rank}</td>`
}
