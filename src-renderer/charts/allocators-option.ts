/** Rank policies at equal budgets as a chart. Pure; draws nothing itself. */
import type { LineSeriesOption } from 'echarts/charts'
import type { EChartsCoreOption } from 'echarts/core'
import { qualityOf, type Quality } from '@contract/quality'
import type { RankPolicyName } from '@contract/rank-plan'
import type { TrialReport } from '@contract/trial'
import { ablation as english, type AblationWords } from '../text/en/ablation'
import { charts } from '../text/en/charts'
import { chartFont } from './chart-axis'
import type { ChartPalette } from './chart-palette'
import { errorBars } from './error-bars'
import type { PlottedTrial } from './plotted-trials'

/** A tier whose ranks a policy chose under a budget. */
export interface AllocatedTrial {
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

/** The comparisons that a study holds: budgets that at least two policies were given. */
export function allocatorComparisons(
  trials: readonly TrialReport[],
  words: AblationWords['allocators'] = english.allocators
): AllocatorComparison[] {
  const groups = new Map<string, AllocatedTrial[]>()
  for (const trial of trials) {
    const { rankPolicy: policy, targetRetainedFraction: target } = trial
    const quality = qualityOf(trial)
    if (policy === null || target === null || quality === undefined) continue
    const title = groupTitle(trial, words)
    const group = groups.get(title)
    if (group === undefined) groups.set(title, [{ trial, policy, target, quality }])
    else group.push({ trial, policy, target, quality })
  }
  return [...groups].flatMap(([title, members]) => {
    const policiesAt = new Map<number, Set<RankPolicyName>>()
    for (const { target, policy } of members) {
      policiesAt.set(target, (policiesAt.get(target) ?? new Set()).add(policy))
    }
    // A budget that only one policy was given compares nothing.
    const compared = members.filter(({ target }) => (policiesAt.get(target)?.size ?? 0) > 1)
    const policies = [...new Set(compared.map(({ policy }) => policy))]
    const targets = [...new Set(compared.map(({ target }) => target))].toSorted((a, b) => a - b)
    return compared.length === 0 ? [] : [{ title, policies, targets, trials: compared }]
  })
}

function groupTitle(
  { method, precision, budgetUnit, budgetScope, calibration, refit }: TrialReport,
  words: AblationWords['allocators']
): string {
  return [
    method,
    ...(precision === 'float32' ? [] : [precision]),
    ...(calibration === 'sequential' ? ['sequential'] : []),
    ...(refit ? ['refit'] : []),
    words.share(budgetUnit ?? 'parameters') + (budgetScope === 'model' ? ` ${words.ofModel}` : '')
  ].join(', ')
}

/** Uniform, which every other policy has to beat, in the colour of text. */
export function policyColor(policy: RankPolicyName, palette: ChartPalette): string {
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

/** Marks tell the policies apart where colours do not. */
const policySymbols: Readonly<Record<RankPolicyName, string>> = {
  uniform: 'circle',
  energy: 'rect',
  'water-filling': 'triangle',
  'effective-rank': 'diamond',
  sensitivity: 'roundRect',
  manual: 'arrow'
}

/** Error rate with its intervals against what is kept, one line per policy. */
export function allocatorsOption(
  { policies, trials }: AllocatorComparison,
  palette: ChartPalette,
  words: AblationWords['allocators'] = english.allocators,
  rates: Readonly<Record<Quality['kind'], string>> = charts.errorRates
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
  return {
    animation: false,
    textStyle: chartFont,
    grid: { left: 44, right: 16, top: 50, bottom: 40 },
    legend: { top: 0, left: 0, itemHeight: 9, textStyle: { color: palette.ink, fontSize: 11 } },
    xAxis: {
      type: 'value',
      scale: true,
      name: words.keptAxis,
      nameLocation: 'middle',
      nameGap: 24,
      ...axis
    },
    yAxis: {
      type: 'value',
      min: 0,
      name: `${rates[trials[0]?.quality.kind ?? 'word-error-rate']} (%)`,
      ...axis,
      nameTextStyle: { color: palette.muted, align: 'left' }
    },
    series: [
      ...lines.map(({ policy, color, members }) => errorBars(policy, members.map(plotted), color, 0)),
      ...lines.map(({ policy, color, members }): LineSeriesOption => ({
        type: 'line',
        name: policy,
        symbol: policySymbols[policy],
        symbolSize: 8,
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
