import type {
  ComparedUtterance,
  TierReading,
  UtteranceFilter,
  UtteranceOrder,
  UtterancePage,
  UtteranceQuery
} from '@contract/compare'
import type { UtteranceRecord } from '@contract/trial'
import { recordErrorCount } from '../evaluation/error-count'
import { alignedWords } from './aligned-words'
import type { ComparedRecords } from './compared-records'

/** One recording and what each tier made of it; null where a tier did not hear it. */
interface Row {
  /** Of the first tier that heard it: reference, speaker and length are the same in all. */
  readonly record: UtteranceRecord
  readonly records: readonly (UtteranceRecord | null)[]
  readonly mostErrors: number
  /** Distance between the tier with the most errors and that with the fewest. */
  readonly spread: number
}

/**
 * A part of the recordings that any of the tiers heard. Only the words of this part are aligned, so that the length of
 * the answer does not depend on the data set.
 */
export function listUtterances({ tiers, evaluation }: ComparedRecords, query: UtteranceQuery): UtterancePage {
  const rows = rowsOf(tiers)
  const matching = rows.filter(
    (row) => filters[query.filter](row) && isFound(row, query.search.toLowerCase())
  )
  const compare = orders[query.order]
  const ordered = compare === undefined ? matching : matching.toSorted(compare)
  return {
    total: rows.length,
    matching: matching.length,
    offset: query.offset,
    utterances: ordered
      .slice(query.offset, query.offset + query.limit)
      .map((row) => present(row, evaluation.normalizer))
  }
}

/** In the order of the first tier; what only others heard comes after it. */
function rowsOf(tiers: ComparedRecords['tiers']): Row[] {
  const heard = new Set(tiers.flatMap(({ records }) => [...records.keys()]))
  return [...heard].flatMap((utteranceId) => {
    const records = tiers.map((tier) => tier.records.get(utteranceId) ?? null)
    const present = records.filter((record) => record !== null)
    const [record] = present
    if (record === undefined) return []
    const errors = present.map((each) => recordErrorCount(each).errors)
    const mostErrors = Math.max(...errors)
    return [{ record, records, mostErrors, spread: mostErrors - Math.min(...errors) }]
  })
}

const orders: Readonly<Record<UtteranceOrder, ((a: Row, b: Row) => number) | undefined>> = {
  worst: (a, b) => b.mostErrors - a.mostErrors,
  changed: (a, b) => b.spread - a.spread || distinctTexts(b) - distinctTexts(a),
  recorded: undefined
}

const filters: Readonly<Record<UtteranceFilter, (row: Row) => boolean>> = {
  all: () => true,
  wrong: ({ mostErrors }) => mostErrors > 0,
  changed: (row) => row.spread > 0 || distinctTexts(row) > 1,
  flagged: ({ records }) => records.some((record) => record !== null && record.failures.length > 0)
}

function distinctTexts({ records }: Row): number {
  return new Set(records.flatMap((record) => record?.hypothesis ?? [])).size
}

/** `search` in lower case. */
function isFound({ record, records }: Row, search: string): boolean {
  if (search === '') return true
  const texts = [
    record.utteranceId,
    record.reference,
    record.speaker ?? '',
    ...records.map((each) => each?.hypothesis ?? '')
  ]
  return texts.some((text) => text.toLowerCase().includes(search))
}

function present({ record, records }: Row, normalizer: string): ComparedUtterance {
  const { utteranceId, reference, speaker, audioSeconds } = record
  return {
    utteranceId,
    reference,
    speaker: speaker ?? null,
    audioSeconds,
    total: recordErrorCount(record).total,
    readings: records.map((each) => each && readingOf(each, normalizer))
  }
}

function readingOf(record: UtteranceRecord, normalizer: string): TierReading {
  const { hypothesis, labelRank, failures, processingMilliseconds } = record
  return {
    hypothesis,
    words: alignedWords(record, normalizer),
    errors: recordErrorCount(record).errors,
    milliseconds: processingMilliseconds,
    failures,
    ...(labelRank === undefined ? {} : { labelRank })
  }
}
