import { formatBytes, formatCount, formatDifference, formatPercent } from '@contract/display-numbers'
import { qualityOf } from '@contract/quality'
import type { TrialReport } from '@contract/trial'
import type { TradeOffWords } from '../text/en/trade-off'
import { formatInterval, formatMilliseconds, formatRealTimeSpeed } from '../format/numbers'
import { trialRemark } from '../format/trial-remark'

/** What a chart says about the trial under the pointer, as HTML. Names come from files and are escaped. */
export function trialTooltip(trial: TrialReport, words: TradeOffWords['chart']): string {
  const quality = qualityOf(trial)
  const terms = words.tooltip
  const rateName = quality?.kind === 'classification-error' ? terms.classificationError : terms.wordErrorRate
  const remark = trialRemark(trial, words.remarks)
  const lines = [
    `<b>${escapeHtml(trial.name)}</b>`,
    fact(rateName, quality?.errorRate, formatPercent),
    fact(terms.interval, quality, formatInterval),
    fact(terms.characterErrorRate, trial.characterErrorRate, formatPercent),
    fact(terms.versusBaseline, trial.versusBaseline, (change) => formatDifference(change, words.range)),
    fact(terms.kept, trial.retainedParameterFraction, formatPercent),
    fact(terms.parameters, trial.parameterCount, formatCount),
    fact(terms.size, trial.sizeBytes, formatBytes),
    fact(terms.latency, trial.latencyMilliseconds?.p50, formatMilliseconds),
    fact(terms.speed, trial.realTimeFactor, formatRealTimeSpeed),
    fact(terms.batchedSpeed, trial.throughput?.realTimeSpeed, (speed) => speed.toFixed(1)),
    remark === '' ? '' : escapeHtml(remark)
  ]
  return lines.filter((line) => line !== '').join('<br>')
}

function fact<T>(term: string, value: T | undefined, format: (value: T) => string): string {
  return value === undefined ? '' : `${term}: ${format(value)}`
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;'
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
