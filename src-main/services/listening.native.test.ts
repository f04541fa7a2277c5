/** The compare view's calls over a study of the tiny model that was really run, with the real engine in this process. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallName, CallParams, CallResult } from '@contract/calls'
import { encodeWav } from '@contract/wav'
import { createInProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useSharedTemporaryFolder } from '../../tests/helpers/shared-temporary-folder'
import { writeTinyStudy, type TinyStudy } from '../../tests/helpers/tiny-study'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { createServices } from './services'
import { createWorkbench, type Workbench } from './workbench'

const shared = useSharedTemporaryFolder()
let study: TinyStudy
let workbench: Workbench
/** Of baseline, int8 and a low-rank tier. */
let trialIds: string[]

beforeAll(async () => {
  study = writeTinyStudy(join(shared(), 'study'), {
    grids: [{ methods: ['weight-svd'], retainedFractions: [0.5] }]
  })
  const services = createServices(createInProcessLauncher(createOrtBackend()), 'resources')
  const { trials } = await services.runStudy({
    recipePath: study.recipe,
    workspaceFolder: study.workspace,
    outputFolder: undefined
  })
  trialIds = trials.map(({ trialId }) => trialId)
  workbench = createWorkbench(services, {
    workspaceFolder: study.workspace,
    roots: [shared()],
    isConfined: true,
    host: 'web'
  })
})
afterAll(() => workbench.close())

async function ask<N extends CallName>(name: N, params: CallParams<N>): Promise<CallResult<N>> {
  return (await workbench.handle(name, params, { signal: new AbortController().signal })) as CallResult<N>
}

function temporaryFiles(): string[] {
  return readdirSync(join(study.workspace, 'tmp'))
}

async function upload(name: string, bytes: Uint8Array): Promise<string> {
  const { uploadId } = await ask('transcribe.begin', { name, sizeBytes: bytes.byteLength })
  const half = Math.floor(bytes.byteLength / 2)
  for (const [offset, part] of [
    [0, bytes.subarray(0, half)],
    [half, bytes.subarray(half)]
  ] as const) {
    await ask('transcribe.append', { uploadId, offset, base64: Buffer.from(part).toString('base64') })
  }
  return uploadId
}

/** The first recording of the evaluation set. */
const firstRecording = () => readFileSync(join(study.folder, 'evaluation', '000.wav'))

describe('studies.utterances', () => {
  it('lists the recordings with what each tier made of them', async () => {
    const page = await ask('studies.utterances', { study: 'tiny study', trialIds, order: 'recorded' })
    expect(page).toMatchObject({ total: 8, matching: 8 })
    expect(page.utterances.every(({ readings }) => readings.length === 3)).toBe(true)
    const report = await ask('studies.show', { study: 'tiny study' })
    for (const [index, { trialId }] of report.trials.entries()) {
      const { substitutions, deletions, insertions } = report.trials[index]!.wordErrors!
      const errors = page.utterances.map(({ readings }) => readings[trialIds.indexOf(trialId)]?.errors ?? 0)
      expect(errors.reduce((sum, each) => sum + each, 0)).toBe(substitutions + deletions + insertions)
    }
  })

  it('refuses a trial of another study', async () => {
    const asked = ask('studies.utterances', { study: 'tiny study', trialIds: [trialIds[0]!, 'other'] })
    await expect(asked).rejects.toMatchObject({ code: 'not-found' })
  })

  it.each([
    ['one tier', () => trialIds.slice(0, 1)],
    ['a tier twice', () => [trialIds[0]!, trialIds[0]!]],
    ['seven tiers', () => ['1', '2', '3', '4', '5', '6', '7']]
  ])('refuses %s', async (_, ids) => {
    const asked = ask('studies.utterances', { study: 'tiny study', trialIds: ids() })
    await expect(asked).rejects.toMatchObject({ code: 'invalid-input' })
  })
})

describe('studies.differences', () => {
  it('says the same as the report about the baseline', async () => {
    const differences = await ask('studies.differences', { study: 'tiny study', trialIds })
    const { trials } = await ask('studies.show', { study: 'tiny study' })
    expect(differences).toHaveLength(3)
    for (const { trialId, versusTrialId, utterances, ...difference } of differences) {
      expect(utterances).toBe(8)
      const tier = trials.find((trial) => trial.trialId === trialId)
      if (versusTrialId === trialIds[0]) expect(difference).toEqual(tier?.versusBaseline)
    }
  })
})

describe('recordings.open', () => {
  const first = 'evaluation/000.wav'

  it('gives the sound as a WAV file and leaves nothing behind', async () => {
    const opened = await ask('recordings.open', { study: 'tiny study', utteranceId: first })
    const { bytes, mediaType } = workbench.data.take(opened.key)
    expect(mediaType).toBe('audio/wav')
    // The helper's own scale differs from ours in the last bit, so sizes are compared and not samples.
    expect(bytes.byteLength).toBe(firstRecording().byteLength)
    expect(opened.durationSeconds).toBeCloseTo((bytes.byteLength - 44) / 2 / opened.sampleRateHz, 6)
    expect(temporaryFiles()).toEqual([])
  })

  it('says that the data set is gone, and finds it where the user points', async () => {
    const moved = join(shared(), 'moved')
    mkdirSync(moved)
    for (const name of ['evaluation', 'evaluation.jsonl'])
      renameSync(join(study.folder, name), join(moved, name))
    try {
      const lost = ask('recordings.open', { study: 'tiny study', utteranceId: first })
      await expect(lost).rejects.toMatchObject({ code: 'not-found' })
      const datasetPath = join(moved, 'evaluation.jsonl')
      const found = await ask('recordings.open', { study: 'tiny study', utteranceId: first, datasetPath })
      expect(found.durationSeconds).toBeGreaterThan(0)
    } finally {
      for (const name of ['evaluation', 'evaluation.jsonl'])
        renameSync(join(moved, name), join(study.folder, name))
    }
  })

  it('refuses another data set', async () => {
    const asked = ask('recordings.open', {
      study: 'tiny study',
      utteranceId: first,
      datasetPath: study.calibration
    })
    await expect(asked).rejects.toMatchObject({ code: 'not-found' })
  })

  it('refuses a data set outside the folders that may be opened', async () => {
    const asked = ask('recordings.open', {
      study: 'tiny study',
      utteranceId: first,
      datasetPath: '/etc/hosts'
    })
    await expect(asked).rejects.toThrow('outside')
  })
})

describe('transcribe', () => {
  it('lets every tier hear a recording as the evaluation heard it', async () => {
    const uploadId = await upload('mine.wav', firstRecording())
    const { utterances } = await ask('studies.utterances', {
      study: 'tiny study',
      trialIds,
      order: 'recorded'
    })
    for (const [index, trial] of trialIds.entries()) {
      const heard = await ask('transcribe.run', { uploadId, study: 'tiny study', trial })
      expect(heard.text).toBe(utterances[0]!.readings[index]!.hypothesis)
      expect(heard).toMatchObject({ trialId: trial, words: null, resampledFromHz: null, topLabels: [] })
      expect(heard.milliseconds).toBeGreaterThan(0)
      expect(heard.sizeBytes).toBeGreaterThan(0)
    }
    expect(temporaryFiles()).toEqual([])
    await ask('transcribe.discard', { uploadId })
    const late = ask('transcribe.run', { uploadId, study: 'tiny study', trial: trialIds[0]! })
    await expect(late).rejects.toMatchObject({ code: 'not-found' })
  })

  it('holds a text against another', async () => {
    const uploadId = await upload('mine.wav', firstRecording())
    const alone = await ask('transcribe.run', { uploadId, study: 'tiny study', trial: 'baseline' })
    const against = `${alone.text} zzz`
    const held = await ask('transcribe.run', { uploadId, study: 'tiny study', trial: 'baseline', against })
    expect(held.words?.at(-1)).toEqual({ operation: 'deletion', reference: 'zzz' })
  })

  it('resamples, and says so', async () => {
    const tone = Float32Array.from({ length: 48_000 }, (_, t) => 0.3 * Math.sin(t / 20))
    const uploadId = await upload('tone.wav', encodeWav(tone, 48_000))
    const heard = await ask('transcribe.run', { uploadId, study: 'tiny study', trial: 'baseline' })
    expect(heard.resampledFromHz).toBe(48_000)
    expect(heard.audioSeconds).toBeCloseTo(1, 3)
  })

  it('names the file that is no sound, and removes it', async () => {
    const uploadId = await upload('notes.txt', new TextEncoder().encode('just some words'))
    const asked = ask('transcribe.run', { uploadId, study: 'tiny study', trial: 'baseline' })
    await expect(asked).rejects.toThrow('notes.txt')
    expect(temporaryFiles()).toEqual([])
    expect(existsSync(study.workspace)).toBe(true)
  })
})
