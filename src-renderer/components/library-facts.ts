import { formatBytes, formatCount, formatPercent } from '@contract/display-numbers'
import type { DatasetFacts, LibraryFacts, ModelFacts, ModelTraining } from '@contract/library'
import type { Text } from '../text/text'
import { formatAudioDuration } from '../format/numbers'

/** One fact as a card shows it. */
export interface FactRow {
  readonly term: string
  readonly value: string
  /** How the value came about, where that is not plain. */
  readonly hint?: string
}

/** What is known of a model or data set; what is not known has no row. */
export function factRows(facts: LibraryFacts, words: Text['library']): FactRow[] {
  return facts.kind === 'model' ? modelRows(facts, words) : datasetRows(facts, words)
}

/** What the user should know before using it, as sentences. */
export function factWarnings(facts: LibraryFacts, words: Text['library']): string[] {
  if (facts.kind === 'model') {
    return facts.familyRefusal === null ? [] : [facts.familyRefusal, words.unknownFamilyHint]
  }
  const { incomplete, audioProblem } = facts
  return [
    ...(incomplete === null ? [] : [words.incomplete(incomplete.entries, incomplete.first)]),
    ...(audioProblem === null ? [] : [words.audioProblem(audioProblem)])
  ]
}

function modelRows(facts: ModelFacts, words: Text['library']): FactRow[] {
  const { family, sampleRateHz, license, languages } = facts
  return [
    {
      term: words.family,
      value: family === null ? words.unknownFamily : (words.families[family] ?? family)
    },
    { term: words.parameters, value: formatCount(facts.parameterCount) },
    { term: words.size, value: formatBytes(facts.sizeBytes) },
    { term: words.linearLayers, value: String(facts.linearLayers) },
    ...(sampleRateHz === null ? [] : [{ term: words.sampleRate, value: words.hertz([sampleRateHz]) }]),
    ...(license === null ? [] : [{ term: words.license, value: license }]),
    ...languageRows(languages, words),
    ...(facts.training === undefined ? [] : [trainingRow(facts.training, words)])
  ]
}

function trainingRow({ step, developmentErrorRate }: ModelTraining, words: Text['library']): FactRow {
  const shownStep = step.toLocaleString('en')
  return {
    term: words.trained,
    value:
      developmentErrorRate === null
        ? words.trainedAt(shownStep)
        : words.trainedTo(shownStep, formatPercent(developmentErrorRate))
  }
}

function datasetRows(facts: DatasetFacts, words: Text['library']): FactRow[] {
  const { layout, utterances, speakers, classes, languages, audioSeconds, sampleRatesHz } = facts
  return [
    { term: words.layout, value: layout },
    { term: words.utterances, value: utterances.toLocaleString('en') },
    ...(speakers === 0 ? [] : [{ term: words.speakers, value: speakers.toLocaleString('en') }]),
    ...(classes === null ? [] : [{ term: words.classes, value: String(classes) }]),
    ...(audioSeconds === null ? [] : [lengthRow(audioSeconds, facts.isAudioEstimated, words)]),
    ...(sampleRatesHz.length === 0 ? [] : [{ term: words.sampleRate, value: words.hertz(sampleRatesHz) }]),
    ...languageRows(languages, words)
  ]
}

function lengthRow(seconds: number, isEstimated: boolean, words: Text['library']): FactRow {
  const length = formatAudioDuration(seconds, words.durations)
  return isEstimated
    ? { term: words.length, value: words.about(length), hint: words.estimatedHint }
    : { term: words.length, value: length }
}

function languageRows(languages: readonly string[], words: Text['library']): FactRow[] {
  return languages.length === 0 ? [] : [{ term: words.languages, value: languages.join(', ') }]
}
