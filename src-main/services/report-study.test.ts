import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { recipeSchema } from '@contract/recipe'
import type { TrialReport } from '@contract/trial'
import { useSharedTemporaryFolder } from '../../tests/helpers/shared-temporary-folder'
import { baselineTrial, int8Trial } from '../../tests/helpers/trial-reports'
import type { Json } from '../base/canonical-json'
import type { EngineLauncher } from '../engine/launcher'
import { openWorkspace } from '../workspace/workspace'
import { reportFormats, reportStudy, type ReportFormat, type ReportRequest } from './report-study'

const folder = useSharedTemporaryFolder()

/** What a workspace keeps of a trial: model and measurement, without what is said about them. */
function outcomeOf(report: TrialReport): Json {
  const { retainedParameterFraction, parameterCount, sizeBytes, macsPerAudioSecond, macsReferenceSeconds } =
    report
  const built = {
    modelHash: report.modelHash,
    retainedParameterFraction,
    parameterCount,
    sizeBytes,
    macsPerAudioSecond,
    macsReferenceSeconds,
    plan: [],
    parity: []
  }
  return JSON.parse(JSON.stringify({ built, measurement: report })) as Json
}

function record(utteranceId: string, substitutions: number): Json {
  return {
    utteranceId,
    reference: 'go left',
    hypothesis: substitutions === 0 ? 'go left' : 'go right',
    wordErrors: { substitutions, deletions: 0, insertions: 0, referenceWords: 2 },
    audioSeconds: 1,
    processingMilliseconds: 1,
    failures: []
  }
}

beforeAll(() => {
  const workspace = openWorkspace(folder())
  const recipe = recipeSchema.parse({
    recipeVersion: 1,
    name: 'small study',
    model: 'm',
    calibrationSet: 'c',
    evaluationSet: 'e'
  })
  const hashes = { modelHash: 'm', calibrationHash: 'c', evaluationHash: 'e' }
  const trials = [baselineTrial, int8Trial]
  workspace.records.saveStudy({
    studyId: 'a'.repeat(64),
    name: recipe.name,
    recipe: JSON.parse(JSON.stringify({ recipe, modelPath: '/m', ...hashes })) as Json,
    createdAt: '2000-01-01T00:00:00Z',
    trials: trials.map(({ trialId, name }) => ({ trialId, name }))
  })
  for (const [index, trial] of trials.entries()) {
    const { trialId } = trial
    workspace.records.startTrial({ trialId, spec: {}, startedAt: '2000-01-01T00:00:00Z' })
    workspace.records.recordUtterances(trialId, [
      { utteranceId: 'u0', record: record('u0', index) },
      { utteranceId: 'u1', record: record('u1', 0) }
    ])
    workspace.records.finishTrial(trialId, { result: outcomeOf(trial), finishedAt: '2000-01-01T00:00:01Z' })
  }
  workspace.close()
})

const request = (format: ReportFormat, changes: Partial<ReportRequest> = {}): ReportRequest => ({
  workspaceFolder: folder(),
  study: 'small study',
  format,
  cost: 'size',
  outputPath: undefined,
  withSpectra: false,
  ...changes
})

/** A report without spectra needs no engine. */
const noEngine: EngineLauncher = {
  launch() {
    throw new WorkbenchError('internal', 'No engine was expected.')
  }
}

describe('reportStudy', () => {
  it.each<[ReportFormat, RegExp]>([
    ['html', /^<!doctype html>\n<html lang="en">/],
    ['csv', /^trial,trial_id,state,/],
    ['svg', /^<svg /],
    ['latex', /^\\begin\{table\}/],
    ['markdown', /^# small study\n/]
  ])('writes %s', async (format, beginning) => {
    const text = await reportStudy(noEngine, request(format))
    expect(text).toMatch(beginning)
    expect(text.endsWith('\n')).toBe(true)
  })

  it('knows every format that it names', () => {
    expect(reportFormats).toHaveLength(5)
  })

  it('compares with the baseline and shows what was misunderstood', async () => {
    const page = await reportStudy(noEngine, request('html'))
    expect(page).toContain('<del>left</del> <ins>right</ins>')
    expect(page).toContain('Against the baseline')
  })

  it('writes the same text into a file', async () => {
    const outputPath = join(folder(), 'out', 'trials.csv')
    const text = await reportStudy(noEngine, request('csv', { outputPath }))
    expect(readFileSync(outputPath, 'utf8')).toBe(text)
  })

  it('refuses a study that is not there', async () => {
    await expect(reportStudy(noEngine, request('csv', { study: 'other' }))).rejects.toMatchObject({
      code: 'not-found'
    })
  })
})
