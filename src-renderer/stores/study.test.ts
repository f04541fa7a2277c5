// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import type { Job, JobState } from '@contract/job'
import { WorkbenchError } from '@contract/errors'
import type { StudyReport } from '@contract/trial'
import { openStoreHost, type StoreHandlers } from '../../tests/helpers/store-host'
import { baselineTrial, int8Trial } from '../../tests/helpers/trial-reports'
import { useStudyStore } from './study'

function reportOf(studyId: string): StudyReport {
  const study = {
    ...{ studyId, name: studyId, modelHash: 'm', calibrationHash: 'c', evaluationHash: 'e' },
    ...{ developmentHash: null, selectedOn: 'evaluation' as const }
  }
  return { study, trials: [baselineTrial, int8Trial] }
}

function job(studyId: string | null, state: JobState): Job {
  const never = { startedAt: null, finishedAt: null, progress: null }
  const none = { stopping: null, error: null, failedTrials: null, trainingId: null, ...never }
  return { jobId: 'j', kind: 'study', name: 'n', state, createdAt: '', studyId, ...none }
}

const shown: StoreHandlers = { 'studies.show': ({ study }) => reportOf(study) }

describe('the study in hand', () => {
  it('is read again when one of its trials ends or its job changes state, and only then', async () => {
    const host = openStoreHost(shown)
    const study = useStudyStore()
    await study.open('one')
    expect(study.baseline?.trialId).toBe(baselineTrial.trialId)
    const reads = () => host.asked.filter(({ name }) => name === 'studies.show').length
    expect(reads()).toBe(1)
    host.publish({ kind: 'trial.ended', jobId: 'j', trial: int8Trial })
    await vi.waitFor(() => expect(reads()).toBe(2))
    host.publish({ kind: 'job.changed', job: job('one', 'running') })
    await vi.waitFor(() => expect(reads()).toBe(3))
    // Progress of the same job, another study's job, another study's trial.
    host.publish({ kind: 'job.changed', job: job('one', 'running') })
    host.publish({ kind: 'job.changed', job: job('two', 'completed') })
    host.publish({ kind: 'trial.ended', jobId: 'j', trial: { ...int8Trial, trialId: 'other' } })
    host.publish({ kind: 'job.changed', job: job('one', 'completed') })
    await vi.waitFor(() => expect(reads()).toBe(4))
  })

  it('is the one that was asked for last, whichever answers first', async () => {
    const answers = new Map<string, () => void>()
    openStoreHost({
      'studies.show': ({ study }) =>
        new Promise((resolve) => {
          answers.set(study, () => {
            resolve(reportOf(study))
          })
        })
    })
    const study = useStudyStore()
    const first = study.open('one')
    const second = study.open('two')
    await vi.waitFor(() => expect([...answers.keys()]).toEqual(['one', 'two']))
    answers.get('two')!()
    answers.get('one')!()
    await Promise.all([first, second])
    expect(study.report?.study.studyId).toBe('two')
  })

  it('says why there is none', async () => {
    openStoreHost({
      'studies.show': () => {
        throw new WorkbenchError('not-found', 'No study has that name.')
      }
    })
    const study = useStudyStore()
    await study.open('lost')
    expect(study.failure).toBe('No study has that name.')
    expect(study.isLoading).toBe(false)
  })
})
