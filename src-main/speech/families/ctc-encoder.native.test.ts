import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeModel } from '../../onnx/serde/decode-model'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { decodeAudio } from '../audio/decode-audio'
import { parseNemoManifest } from '../datasets/nemo-manifest'
import { utteranceAudio, type Utterance } from '../datasets/utterance'
import { openCtcEncoder } from './ctc-encoder'
import type { CtcRecognizer } from './family'
import type { ModelFolder } from './model-folder'
import { modelInterface } from './model-interface'
import { recognizeFamily } from './recognize'

const real = fileURLToPath(new URL('../../../../shared/real/', import.meta.url))
const modelPath = `${real}whisper-tiny-ctc/`
const isAbsent = !existsSync(`${modelPath}model.onnx`) || !existsSync(`${real}commands/dev.jsonl`)
const reason = isAbsent ? ' (skipped: ../shared/real is absent)' : ''

const folder: ModelFolder = {
  name: 'whisper-tiny-ctc',
  modelFile: 'model.onnx',
  has: (fileName) => existsSync(modelPath + fileName),
  readText: async (fileName) => readFileSync(modelPath + fileName, 'utf8')
}

describe.skipIf(isAbsent)(`whisper-tiny-ctc on commands/dev${reason}`, () => {
  let recognizer: CtcRecognizer
  let utterances: Utterance[]

  beforeAll(async () => {
    const model = decodeModel(readFileSync(`${modelPath}model.onnx`))
    const description = await recognizeFamily(folder, modelInterface(model))
    const clock = { nowMilliseconds: () => performance.now() }
    const source = { kind: 'file', path: `${modelPath}model.onnx` } as const
    recognizer = await openCtcEncoder(createOrtBackend(), description, source, { threads: 1, clock })
    utterances = parseNemoManifest(readFileSync(`${real}commands/dev.jsonl`, 'utf8'), 'dev.jsonl')
  })
  // Undefined when opening failed; that failure is the one to report.
  afterAll(async () => (recognizer as CtcRecognizer | undefined)?.release())

  async function load(utterance: Utterance) {
    const recording = await decodeAudio(
      readFileSync(`${real}commands/${utterance.audioPath}`),
      utterance.audioPath
    )
    return utteranceAudio(recording, utterance)
  }

  it('pads to 320 samples, which make two frames of features and one of logits', async () => {
    const audio = await load(utterances[0]!)
    const input = await recognizer.computeInput(audio)
    const steps = Math.ceil(audio.samples.length / 320)
    expect(input.dims).toEqual([1, 80, 2 * steps])
    expect(await recognizer.computeLogits(input)).toMatchObject({ frames: steps, classes: 28 })
  })

  it.each([
    ['dev/4f8ef132-0002.flac', 'marvin on sheila yes right right'],
    ['dev/4f8ef132-0006.flac', 'up'],
    ['dev/37fc5d97-0008.flac', 'right stop right stop up down'],
    ['dev/f297e878-0013.flac', 'stop off marvin up stop'],
    // The model's own mistake: it must be reproduced too. Said was: no off left off.
    ['dev/0c540988-0000.flac', 'nf off left off']
  ])('hears %s as: %s', async (id, expected) => {
    const utterance = utterances.find((candidate) => candidate.id === id)!
    expect((await recognizer.transcribe(await load(utterance))).text).toBe(expected)
  })

  it('hears 87 of 100 utterances exactly', async () => {
    let exact = 0
    for (const utterance of utterances) {
      const { text } = await recognizer.transcribe(await load(utterance))
      if (text === utterance.text) exact += 1
    }
    // One utterance may tip over with another processor's kernels.
    expect(Math.abs(exact - 87)).toBeLessThanOrEqual(1)
    expect(utterances).toHaveLength(100)
  })
})
