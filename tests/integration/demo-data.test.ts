/**
 * The demo's speech as it lies in resources/demo: what is measured was never trained on. Sound is compared as samples, so
 * that a WAV and a FLAC file of one recording are the same.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { demoSeed, shippedDemoParts, type DemoPart } from '@contract/demo-speech'
import { encodeWav } from '@contract/wav'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeSynthesized, renderUtterance } from '../../src-main/demo/render-utterance'
import { espeakArguments, variantsOf } from '../../src-main/demo/speakers'
import { planSpeech } from '../../src-main/demo/speech-plan'
import type { Audio } from '../../src-main/speech/audio/audio'
import { decodeAudio } from '../../src-main/speech/audio/decode-audio'
import { parseNemoManifest } from '../../src-main/speech/datasets/nemo-manifest'
import type { Utterance } from '../../src-main/speech/datasets/utterance'
import { assertDisjointSets } from '../../src-main/study/disjoint-sets'
import { sha256Bytes } from '../../src-main/workspace/files'

const demo = resolve(import.meta.dirname, '../../resources/demo')

interface Recording extends Utterance {
  readonly audio: Audio
  /** As training-set.json has it: of the WAV file with these samples. */
  readonly hash: string
}

interface TrainingSet {
  readonly seed: number
  readonly synthesizer: string
  readonly utterances: number
  readonly seconds: number
  readonly audioHashes: readonly string[]
}

const trainingSet = JSON.parse(readFileSync(join(demo, 'training-set.json'), 'utf8')) as TrainingSet
const sets = new Map<DemoPart, readonly Recording[]>()
const recordingsOf = (part: DemoPart) => sets.get(part) ?? []

async function readSet(part: DemoPart): Promise<Recording[]> {
  const manifest = readFileSync(join(demo, `${part}.jsonl`), 'utf8')
  const recordings: Recording[] = []
  for (const utterance of parseNemoManifest(manifest, part)) {
    const bytes = new Uint8Array(readFileSync(join(demo, utterance.audioPath)))
    const audio = await decodeAudio(bytes, utterance.audioPath)
    recordings.push({ ...utterance, audio, hash: hashOf(audio.samples, audio.sampleRateHz) })
  }
  return recordings
}

const hashOf = (samples: Float32Array, sampleRateHz: number) =>
  sha256Bytes(encodeWav(samples, sampleRateHz)).slice(0, 16)

const personOf = ({ speaker = '' }: Utterance) => speaker.split('/')[0] ?? ''

const sizeOf = (path: string): number =>
  statSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
    : statSync(path).size

const espeakVersion = spawnSync('espeak-ng', ['--version'], { encoding: 'utf8' }).stdout as string | null
const hasSameEspeak = espeakVersion?.startsWith(trainingSet.synthesizer) === true

beforeAll(async () => {
  for (const part of shippedDemoParts) sets.set(part, await readSet(part))
})

describe('the speech of the demo', () => {
  it('shares no recording between its sets, nor with the training set', () => {
    expect(trainingSet.audioHashes).toHaveLength(trainingSet.utterances)
    const shipped = shippedDemoParts.map((part) => ({
      name: `${part} set`,
      audioHashes: recordingsOf(part).map(({ hash }) => hash)
    }))
    const training = { name: 'training set', audioHashes: trainingSet.audioHashes }
    expect(() => {
      assertDisjointSets([training, ...shipped])
    }).not.toThrow()
    // The check sees a recording that was trained on.
    const evaluated = recordingsOf('evaluation')[0]!.hash
    expect(() => {
      assertDisjointSets([{ ...training, audioHashes: [...trainingSet.audioHashes, evaluated] }, ...shipped])
    }).toThrow(/training set and the evaluation set share 1/)
  })

  it('shares no speaker between its sets, nor with the training set', () => {
    const seen = new Map<string, DemoPart>(variantsOf('training').map((person) => [person, 'training']))
    for (const part of shippedDemoParts) {
      const persons = new Set(recordingsOf(part).map(personOf))
      expect(persons.size).toBeGreaterThan(2)
      for (const person of persons) expect(seen.get(person), person).toBeUndefined()
      for (const person of persons) seen.set(person, part)
    }
  })

  it('says what the plan of its seed says, as long as the manifest says, neither silent nor clipped', () => {
    for (const part of shippedDemoParts) {
      const recordings = recordingsOf(part)
      expect(recordings.map(({ text }) => text)).toEqual(planSpeech(part, demoSeed).map(({ text }) => text))
      for (const { id, audio, durationSeconds } of recordings) {
        expect(audio.sampleRateHz).toBe(16_000)
        expect(audio.durationSeconds, id).toBeCloseTo(durationSeconds ?? 0, 6)
        const peak = audio.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
        expect(peak, id).toBeGreaterThan(0.1)
        expect(peak, id).toBeLessThan(0.99)
      }
    }
  })

  it('evaluates 249 of 400 sentences that are also trained on, as its README says', () => {
    const trained = new Set(planSpeech('training', demoSeed).map(({ text }) => text))
    const sentences = recordingsOf('evaluation').map(({ text }) => text)
    expect(sentences.filter((text) => trained.has(text))).toHaveLength(249)
    expect(readFileSync(join(demo, 'README.md'), 'utf8')).toContain('Of the 400 that are evaluated 249')
  })

  it('has at least 1500 words to evaluate, in less than 11 minutes', () => {
    const evaluation = recordingsOf('evaluation')
    expect(evaluation.flatMap(({ text }) => text.split(' ')).length).toBeGreaterThanOrEqual(1500)
    expect(evaluation.reduce((sum, { audio }) => sum + audio.durationSeconds, 0)).toBeLessThan(660)
  })

  it('fits with all of the demo into 40 MB', () => {
    expect(sizeOf(demo)).toBeLessThan(40e6)
  })

  it.skipIf(!hasSameEspeak)(
    `is made again, sample by sample [needs ${trainingSet.synthesizer}]`,
    async () => {
      const speak = async (part: DemoPart, index: number) => {
        const planned = planSpeech(part, demoSeed, index + 1)[index]!
        const { stdout } = spawnSync('espeak-ng', espeakArguments(planned.speaker, planned.text))
        return hashOf(await renderUtterance(decodeSynthesized(stdout, planned.id), planned), 16_000)
      }
      for (const part of shippedDemoParts) expect(await speak(part, 2)).toBe(recordingsOf(part)[2]!.hash)
      expect(await speak('training', 2)).toBe(trainingSet.audioHashes[2])
    }
  )
})
