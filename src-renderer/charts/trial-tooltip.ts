import { formatBytes, formatCount, formatDifference, formatPercent } from '@contract/display-numbers'
import { qualityOf } from '@contract/quality'
import type { TrialReport } from '@contract/trial'
import { formatInterval, formatMilliseconds, formatRealTimeSpeed } from '../format/numbers'
import { trialRemark } from '../format/trial-remark'

/** What a chart says about the trial under the pointer, as HTML. Names come from files and are escaped. */
export function trialTooltip(trial: TrialReport): string {
  const quality = qualityOf(trial)
  const rateName = quality?.kind === 'classification-error' ? 'Classification error' : 'Word error rate'
  const remark = trialRemark(trial)
  const lines = [
    `<b>${escapeHtml(trial.name)}</b>`,
    fact(rateName, quality?.errorRate, formatPercent),
    fact('95 % interval', quality, formatInterval),
    fact('Character error rate', trial.characterErrorRate, formatPercent),
    fact('Points vs baseline', trial.versusBaseline, formatDifference),
    fact('Parameters kept', trial.retainedParameterFraction, formatPercent),
    fact('Parameters', trial.parameterCount, formatCount),
    fact('Size', trial.sizeBytes, formatBytes),
    fact('Latency p50', trial.latencyMilliseconds?.p50, formatMilliseconds),
    fact('Times real time', trial.realTimeFactor, formatRealTimeSpeed),
    fact('Times real time in batches', trial.throughput?.realTimeSpeed, (speed) => speed.toFixed(1)),
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
