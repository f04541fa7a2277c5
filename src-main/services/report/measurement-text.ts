/** One evaluation as text for a terminal. */
import { formatBytes, formatDuration, formatPercent } from '@contract/display-numbers'
import { qualityOf } from '@contract/quality'
import type { CharacterErrors, Measurement, UtteranceRecord, WordErrors } from '@contract/trial'

/** All figures with their conditions, and the `worst` utterances with the most errors. */
export function formatMeasurement(
  measured: Measurement,
  utterances: readonly UtteranceRecord[],
  worst: number
): string {
  const { latencyMilliseconds: latency, conditions } = measured
  const flags = Object.entries(measured.failures).map(([flag, count]) => `${count} ${flag}`)
  const lines = [
    ...errorLines(measured),
    `latency    p50 ${formatDuration(latency.p50)}, p95 ${formatDuration(latency.p95)}, first ${formatDuration(latency.firstRun)} per utterance`,
    `speed      ${(1 / measured.realTimeFactor).toFixed(1)} times faster than real time (RTF ${measured.realTimeFactor.toFixed(4)})`,
    ...throughputLines(measured),
    `memory     ${formatBytes(measured.peakResidentBytes)} peak, loaded in ${formatDuration(measured.loadMilliseconds)}`,
    `data       ${measured.utterances} utterances${measured.speakers === 0 ? '' : ` of ${measured.speakers} speakers`}, ${formatDuration(measured.audioSeconds * 1000)} of audio`,
    ...unreadableLines(measured),
    `failures   ${flags.length === 0 ? 'none' : flags.join(', ')}`,
    `conditions ${conditions.threads} thread(s), ${conditions.warmupUtterances} warm-up runs, ${conditions.runtime}, ${conditions.processor}, normalizer ${conditions.normalizer}`
  ]
  const shown = worstUtterances(utterances, worst)
  if (shown.length > 0) lines.push('', 'Worst utterances:', ...shown.flatMap(formatUtterance))
  return lines.join('\n')
}

function errorLines(measured: Measurement): string[] {
  const quality = qualityOf(measured)
  if (quality === undefined) return []
  const { wordErrors, characterErrors, characterErrorRate = 0, topAccuracies = {} } = measured
  if (quality.kind === 'classification-error') {
    const better = Object.entries(topAccuracies)
      .filter(([places]) => places !== '1')
      .map(([places, share]) => `, top ${places} ${formatPercent(share)}`)
    return [
      `accuracy   ${formatPercent(1 - quality.errorRate)}: ${measured.correct ?? 0} of ${measured.utterances} labels${better.join('')}`,
      `           95 % interval ${formatPercent(1 - quality.upper)} to ${formatPercent(1 - quality.lower)}`
    ]
  }
  return [
    ...(wordErrors === undefined
      ? []
      : [
          `WER        ${formatPercent(quality.errorRate)}: ${editCount(wordErrors)} of ${wordErrors.referenceWords} words (${editText(wordErrors)})`
        ]),
    `           95 % interval ${formatPercent(quality.lower)} to ${formatPercent(quality.upper)}`,
    ...(characterErrors === undefined
      ? []
      : [
          `CER        ${formatPercent(characterErrorRate)}: ${editCount(characterErrors)} of ${characterErrors.referenceCharacters} characters (${editText(characterErrors)})`
        ])
  ]
}

type Edits = Pick<WordErrors & CharacterErrors, 'substitutions' | 'deletions' | 'insertions'>

function editCount({ substitutions, deletions, insertions }: Edits): number {
  return substitutions + deletions + insertions
}

function editText({ substitutions, deletions, insertions }: Edits): string {
  return `S ${substitutions}, D ${deletions}, I ${insertions}`
}

function throughputLines({ throughput, throughputObstacle }: Measurement): string[] {
  if (throughputObstacle !== undefined) return [`batches    ${throughputObstacle}`]
  if (throughput === undefined) return []
  const { realTimeSpeed, unbatchedRealTimeSpeed, batches, paddingShare } = throughput
  const factor = realTimeSpeed / unbatchedRealTimeSpeed
  return [
    `batches    ${realTimeSpeed.toFixed(1)} times faster than real time, ${factor.toFixed(2)} times one at a time (${unbatchedRealTimeSpeed.toFixed(1)}); ${batches} batches, ${formatPercent(paddingShare, 1)} padding`
  ]
}

function unreadableLines({ unreadable }: Measurement): string[] {
  if (unreadable.length === 0) return []
  return [
    `left out   ${unreadable.length} that cannot be read:`,
    ...unreadable.map(({ utteranceId, reason }) => `             ${utteranceId}: ${reason}`)
  ]
}

/** Word errors of a text, 1 for a wrong label. */
function errorCount({ wordErrors, labelRank }: UtteranceRecord): number {
  return wordErrors === undefined ? Number(labelRank !== 1) : editCount(wordErrors)
}

function worstUtterances(utterances: readonly UtteranceRecord[], count: number): UtteranceRecord[] {
  return utterances
    .filter((utterance) => errorCount(utterance) > 0)
    .sort((a, b) => errorCount(b) - errorCount(a))
    .slice(0, count)
}

function formatUtterance(utterance: UtteranceRecord): string[] {
  const errors = errorCount(utterance)
  return [
    `  ${utterance.utteranceId} (${errors} ${errors === 1 ? 'error' : 'errors'})`,
    `    said   ${utterance.reference}`,
    `    heard  ${utterance.hypothesis}`
  ]
}
