import type { StudyReport } from '@contract/trial'

/** What a report says about a study before its trials; gates are decided on the development set where there is one. */
export function studyHead(
  studyId: string,
  name: string,
  hashes: Pick<StudyReport['study'], 'modelHash' | 'calibrationHash' | 'evaluationHash' | 'developmentHash'>
): StudyReport['study'] {
  const { modelHash, calibrationHash, evaluationHash, developmentHash } = hashes
  const selectedOn = developmentHash === null ? 'evaluation' : 'development'
  return { studyId, name, modelHash, calibrationHash, evaluationHash, developmentHash, selectedOn }
}
