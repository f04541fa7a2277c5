import { utteranceRecordSchema, type UtteranceRecord } from '@contract/trial'
import type { Workspace } from '../workspace/workspace'

/** Reads the records of a trial's utterances, in the order in which they were made. */
export function recordsOf({
  records
}: Pick<Workspace, 'records'>): (trialId: string) => readonly UtteranceRecord[] {
  return (trialId) => records.utterancesOf(trialId).map(({ record }) => utteranceRecordSchema.parse(record))
}
