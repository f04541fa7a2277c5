import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DemoPart } from '@contract/demo-speech'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { planSpeech } from '../../demo/speech-plan'
import { decodeAudio } from '../../speech/audio/decode-audio'
import { parseNemoManifest } from '../../speech/datasets/nemo-manifest'
import { sha256Bytes } from '../../workspace/files'
import type { JobContext } from '../serve'
import { makeDemoSpeech } from './make-demo-speech'

const isInstalled = (program: string) => spawnSync(program, ['--version']).status === 0
const canSpeak = isInstalled('espeak-ng')
const canCompress = canSpeak && isInstalled('flac')

const folder = useTemporaryFolder()
afterEach(() => {
  vi.unstubAllEnvs()
})

function context(aborted = false): JobContext {
  return {
    signal: { aborted },
    progress: () => undefined,
    records: () => undefined,
    breathe: () => Promise.resolve()
  }
}

const make = (part: DemoPart, name: string, aborted = false) =>
  makeDemoSpeech({ part, seed: 7, outputFolder: join(folder(), name), utterances: 3 }, context(aborted))

// Starts several programs one after the other, on a machine that may be busy.
describe('makeDemoSpeech', { timeout: 60_000 }, () => {
  it.skipIf(!canSpeak)('makes the same bytes again [needs espeak-ng]', async () => {
    await make('training', 'first')
    await make('training', 'second')
    const names = readdirSync(join(folder(), 'first/training'))
    expect(names).toHaveLength(3)
    for (const name of [...names.map((each) => `training/${each}`), 'training.jsonl', 'training-set.json']) {
      const [first, second] = ['first', 'second'].map((each) => readFileSync(join(folder(), each, name)))
      expect(first!.equals(second!), name).toBe(true)
    }
  })

  it.skipIf(!canSpeak)(
    'lists what was made, with the hashes of a training set [needs espeak-ng]',
    async () => {
      const made = await make('training', 'set')
      const plan = planSpeech('training', 7, 3)
      const listed = parseNemoManifest(readFileSync(made.manifestPath, 'utf8'), 'training.jsonl')
      expect(listed.map(({ text }) => text)).toEqual(plan.map(({ text }) => text))
      expect(made.words).toBe(plan.flatMap(({ text }) => text.split(' ')).length)
      const facts: unknown = JSON.parse(readFileSync(join(folder(), 'set/training-set.json'), 'utf8'))
      const files = listed.map(({ audioPath }) => readFileSync(join(folder(), 'set', audioPath)))
      expect(facts).toMatchObject({
        seed: 7,
        utterances: 3,
        audioHashes: files.map((bytes) => sha256Bytes(bytes).slice(0, 16))
      })
      for (const [index, bytes] of files.entries()) {
        const { sampleRateHz, durationSeconds, samples } = await decodeAudio(new Uint8Array(bytes), 'x.wav')
        expect(sampleRateHz).toBe(16_000)
        expect(durationSeconds).toBeCloseTo(listed[index]!.durationSeconds!, 6)
        const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
        // Levels are drawn from -15 to -2 dB: neither silent nor clipped.
        expect(peak).toBeGreaterThan(0.17)
        expect(peak).toBeLessThan(0.8)
      }
    }
  )

  it.skipIf(!canCompress)('makes FLAC of the parts that are shipped [needs espeak-ng and flac]', async () => {
    const { manifestPath } = await make('evaluation', 'set')
    const listed = parseNemoManifest(readFileSync(manifestPath, 'utf8'), 'evaluation.jsonl')
    for (const { audioPath, durationSeconds } of listed) {
      const bytes = new Uint8Array(readFileSync(join(folder(), 'set', audioPath)))
      const audio = await decodeAudio(bytes, audioPath)
      expect(audio.durationSeconds).toBeCloseTo(durationSeconds!, 6)
    }
    expect(existsSync(join(folder(), 'set/training-set.json'))).toBe(false)
  })

  it.skipIf(!canSpeak)('writes no manifest when it is cancelled [needs espeak-ng]', async () => {
    await expect(make('training', 'set', true)).rejects.toMatchObject({ code: 'cancelled' })
    expect(existsSync(join(folder(), 'set/training.jsonl'))).toBe(false)
  })

  it('says what to install without espeak-ng', async () => {
    vi.stubEnv('PATH', folder())
    await expect(make('training', 'set')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/'espeak-ng' was not found: install espeak-ng/) as string
    })
  })
})
