import type { LineSeriesOption } from 'echarts/charts'
import type { EChartsCoreOption } from 'echarts/core'
import { formatBytes, formatPercent } from '@contract/display-numbers'
import { errorRateNames, qualityOf, type Quality } from '@contract/quality'
import type { RankPolicyName } from '@contract/rank-plan'
import type { TrialReport } from '@contract/trial'
import type { ChartPalette } from '../../src-renderer/charts/chart-palette'
import { errorBars } from '../../src-renderer/charts/error-bars'
import type { PlottedTrial } from '../../src-renderer/charts/plotted-trials'
import { formatInterval } from '../../src-renderer/format/numbers'
import { Html, html } from './html'
import { renderChart } from './render-chart'
import { pagePalette } from './report-palette'

/** A tier whose ranks a policy chose under a budget. */
interface AllocatedTrial {
  readonly trial: TrialReport
  readonly policy: RankPolicyName
  readonly target: number
  readonly quality: Quality
}

/** Tiers that differ in nothing but budget and policy. */
export interface AllocatorComparison {
  /** `whitened-svd, int8, share of parameters` */
  readonly title: string
  readonly policies: readonly RankPolicyName[]
  /** Ascending. */
  readonly targets: readonly number[]
  readonly trials: readonly AllocatedTrial[]
}

/** The comparisons that a study holds: groups with at least two policies. */
export function allocatorComparisons(trials: readonly TrialReport[]): AllocatorComparison[] {
  const groups = new Map<string, AllocatedTrial[]>()
  for (const trial of trials) {
    const { rankPolicy: policy, targetRetainedFraction: target } = trial
    const quality = qualityOf(trial)
    if (policy === null || target === null || quality === undefined) continue
    const title = groupTitle(trial)
    groups.set(title, [...(groups.get(title) ?? []), { trial, policy, target, quality }])
  }
  return [...groups].flatMap(([title, members]) => {
    // A budget that only one policy was given compares nothing.
    const compared = members.filter(({ target, policy }) =>
      members.some((other) => other.target === target && other.policy !== policy)
    )
    const policies = [...new Set(compared.map(({ policy }) => policy))]
    const targets = [...new Set(compared.map(({ target }) => target))].toSorted((a, b) => a - b)
    return compared.length === 0 ? [] : [{ title, policies, targets, trials: compared }]
  })
}

function groupTitle({ method, precision, budgetUnit, budgetScope, calibration, refit }: TrialReport): string {
  const scope = budgetScope === 'model' ? ' of the whole model' : ''
  return [
    method,
    ...(precision === 'float32' ? [] : [precision]),
    ...(calibration === 'sequential' ? ['sequential'] : []),
    ...(refit ? ['refit'] : []),
    `share of ${budgetUnit ?? 'parameters'}${scope}`
  ].join(', ')
}

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
    <ul class="key">
      ${policies.map(
        (policy) =>
          html`<li>
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
              <circle cx="6" cy="6" r="4.5" fill="${policyColor(policy, pagePalette)}" /></svg
            >${policy}
          </li>`
      )}
    </ul>
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

function policyColor(policy: RankPolicyName, palette: ChartPalette): string {
  const colors: Readonly<Record<RankPolicyName, string>> = {
    uniform: palette.ink,
    energy: palette.weightSvd,
    'water-filling': palette.whitenedSvd,
    'effective-rank': palette.outputPca,
    sensitivity: palette.front,
    manual: palette.muted
  }
  return colors[policy]
}

/** Error rate with its intervals against what is kept, one line per policy. */
export function allocatorsOption(
  { policies, trials }: AllocatorComparison,
  palette: ChartPalette
): EChartsCoreOption {
  const axis = {
    nameTextStyle: { color: palette.muted },
    axisLabel: { color: palette.muted },
    axisLine: { show: true, lineStyle: { color: palette.lineStrong } },
    splitLine: { lineStyle: { color: palette.line } }
  }
  const lines = policies.map((policy) => ({
    policy,
    color: policyColor(policy, palette),
    members: trials.filter((each) => each.policy === policy).toSorted((a, b) => a.target - b.target)
  }))
  const kind = trials[0]?.quality.kind ?? 'word-error-rate'
  return {
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 44, right: 16, top: 30, bottom: 40 },
    xAxis: {
      type: 'value',
      scale: true,
      name: 'kept (%)',
      nameLocation: 'middle',
      nameGap: 24,
      ...axis
    },
    yAxis: {
      type: 'value',
      min: 0,
      name: `${errorRateNames[kind]} (%)`,
      ...axis,
      nameTextStyle: { color: palette.muted, align: 'left' }
    },
    series: [
      ...lines.map(({ policy, color, members }) => errorBars(policy, members.map(plotted), color, 0)),
      ...lines.map(({ policy, color, members }): LineSeriesOption => ({
        type: 'line',
        name: policy,
        symbol: 'circle',
        symbolSize: 7,
        color,
        lineStyle: { width: policy === 'uniform' ? 2.5 : 1.5 },
        data: members.map(({ target, quality }) => [target * 100, quality.errorRate * 100])
      }))
    ]
  }
}

function plotted({ trial, target, quality }: AllocatedTrial): PlottedTrial {
  return {
    trial,
    cost: target * 100,
    errorPercent: quality.errorRate * 100,
    interval: { lowerPercent: quality.lower * 100, upperPercent: quality.upper * 100 }
  }
}
