import { formatBytes, formatPercent } from '@contract/display-numbers'
import type { RankPolicyName } from '@contract/rank-plan'
import type { TrialReport } from '@contract/trial'
import {
  allocatorComparisons,
  allocatorsOption,
  type AllocatorComparison
} from '../../src-renderer/charts/allocators-option'
import { formatInterval } from '../../src-renderer/format/numbers'
import { Html, html } from './html'
import { renderChart } from './render-chart'
import { pagePalette } from './report-palette'

/** Rank policies at equal budgets, uniform among them; empty when there is nothing to compare. */
export function allocatorsSection(trials: readonly TrialReport[]): Html[] {
  const comparisons = allocatorComparisons(trials)
  if (comparisons.length === 0) return []
  return [
    html`<p>
        Who gets which rank, at equal budgets. Uniform, which every other policy has to beat, is drawn in the
        colour of text.
      </p>
      <div class="charts">${comparisons.map(comparisonFigure)}</div>`
  ]
}

function comparisonFigure(comparison: AllocatorComparison): Html {
  const { title, policies, targets, trials } = comparison
  const svg = renderChart(allocatorsOption(comparison, pagePalette), { width: 560, height: 300 })
  const cell = (target: number, policy: RankPolicyName): Html => {
    const found = trials.find((each) => each.target === target && each.policy === policy)
    if (found === undefined) return html`<td class="right">–</td>`
    const { quality, trial } = found
    const size = trial.sizeBytes === undefined ? '' : formatBytes(trial.sizeBytes)
    return html`<td class="right stacked" title="${size}">
      ${formatPercent(quality.errorRate)} <small>${formatInterval(quality)}</small>
    </td>`
  }
  return html`<figure>
    <figcaption>${title}</figcaption>
    <div class="chart" role="img" aria-label="Error rate by rank policy; the table below has the numbers">
      ${new Html(svg)}
    </div>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">kept</th>
            ${policies.map((policy) => html`<th scope="col" class="right">${policy}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${targets.map(
            (target) =>
              html`<tr>
                <th scope="row">${formatPercent(target, 0)}</th>
                ${policies.map((policy) => cell(target, policy))}
              </tr>`
          )}
        </tbody>
      </table>
    </div>
  </figure>`
}
