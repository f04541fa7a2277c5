import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeModel } from '../../onnx/serde/decode-model'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { decodeAudio } from '../audio/decode-audio'
import { openAudioClassifier } from './audio-classifier'
import type { ClassifierRecognizer } from './family'
import type { ModelFolder } from './model-folder'
import { modelInterface } from './model-interface'
import { recognizeFamily } from './recognize'

const real = fileURLToPath(new URL('../../../../shared/real/', import.meta.url))
const modelPath = `${real}kwt1/`
const clipsPath = `${real}speech-commands/`
const isAbsent = !existsSync(`${modelPath}model.onnx`) || !existsSync(clipsPath)
const reason = isAbsent ? ' (skipped: ../shared/real is absent)' : ''

const folder: ModelFolder = {
  name: 'kwt1',
  modelFile: 'model.onnx',
  has: (fileName) => existsSync(modelPath + fileName),
  readText: async (fileName) => readFileSync(modelPath + fileName, 'utf8')
}

describe.skipIf(isAbsent)(`kwt1 on speech-commands${reason}`, () => {
  let recognizer: ClassifierRecognizer

  beforeAll(async () => {
    const path = `${modelPath}model.onnx`
    const description = await recognizeFamily(folder, modelInterface(decodeModel(readFileSync(path))))
    if (description.family !== 'audio-classifier') throw new Error(`recognized as ${description.family}`)
    const clock = { nowMilliseconds: () => performance.now() }
    const source = { kind: 'file', path } as const
    recognizer = await openAudioClassifier(createOrtBackend(), description, source, { threads: 1, clock })
  })
  // Undefined when opening failed; that failure is the one to report.
  afterAll(async () => (recognizer as ClassifierRecognizer | undefined)?.release())

  it('is recognized by labels.txt alone', () => {
    expect(recognizer.description).toMatchObject({
      inputName: 'input_1',
      sampleRateHz: 16000,
      padToMultipleOfSamples: 16000,
      sidecars: ['labels.txt', 'LICENSE.txt']
    })
    expect(recognizer.description.labels).toHaveLength(12)
  })

  it('gives 1098 of 1124 clips their label', { timeout: 120_000 }, async () => {
    let clips = 0
    let correct = 0
    const words = readdirSync(clipsPath, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    for (const { name: word } of words) {
      for (const fileName of readdirSync(clipsPath + word)) {
        const path = `${clipsPath}${word}/${fileName}`
        const { label } = await recognizer.classify(await decodeAudio(readFileSync(path), path))
        clips += 1
        if (label === word) correct += 1
      }
    }
    expect(clips).toBe(1124)
    // Counted independently of Lathe, in Python.
    expect(correct).toBe(1098)
  })
})
