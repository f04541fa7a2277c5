import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createInProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { writeTinyData, type ManifestLine } from '../../tests/helpers/tiny-speech-data'
import { writeTinyModel } from '../../tests/helpers/tiny-speech-model'
import { describeModel } from '../engine/jobs/describe-model'
import { previewPath } from './preview-path'

const folder = useTemporaryFolder()
const preview = (path: string) => previewPath(createInProcessLauncher(), path)

describe('a path', () => {
  it('to a model tells its family, its size, and the licence that lies beside it', async () => {
    const path = writeTinyModel(join(folder(), 'model'))
    const modelFolder = path.endsWith('.onnx') ? dirname(path) : path
    writeFileSync(join(modelFolder, 'README.md'), '---\nlicense: mit\nlanguage: en\n---\n')
    expect(await preview(path)).toEqual({
      facts: {
        kind: 'model',
        modelHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        sizeBytes: readFileSync(join(modelFolder, 'model.onnx')).length,
        parameterCount: expect.any(Number) as number,
        linearLayers: (await describeModel({ modelPath: path })).layers.length,
        family: 'ctc-encoder',
        familyRefusal: null,
        sampleRateHz: 16000,
        license: 'mit',
        languages: ['en']
      }
    })
  })

  it('to a model that Lathe has trained tells how well that went', async () => {
    const path = writeTinyModel(join(folder(), 'model'))
    const modelFolder = path.endsWith('.onnx') ? dirname(path) : path
    const { modelHash } = await describeModel({ modelPath: path })
    const curve = { development: [{ step: 5, loss: 1, wordErrors: 1, referenceWords: 4 }] }
    const note = { modelHash, chosenStep: 5, curve }
    writeFileSync(join(modelFolder, 'training-curve.json'), JSON.stringify(note))
    expect(await preview(path)).toMatchObject({
      facts: { training: { step: 5, developmentErrorRate: 0.25 } }
    })
  })

  it('to a model of no family tells why in the reader’s words', async () => {
    const path = writeTinyModel(join(folder(), 'model'))
    const modelFolder = path.endsWith('.onnx') ? dirname(path) : path
    writeFileSync(join(modelFolder, 'config.json'), '{"architectures": ["Odd"]}')
    expect(await preview(path)).toMatchObject({
      facts: {
        kind: 'model',
        family: null,
        familyRefusal: expect.stringContaining('docs/model-description.md') as string
      }
    })
  })

  it('to a data set tells layout, counts and length', async () => {
    const path = writeTinyData(join(folder(), 'evaluation.jsonl'), { utterances: 8, seed: 1 })
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    const seconds = lines.reduce((sum, line) => sum + (JSON.parse(line) as ManifestLine).duration, 0)
    const { facts } = (await preview(path)) as { facts: { audioSeconds: number } }
    expect(facts).toEqual({
      kind: 'dataset',
      layout: 'nemo',
      utterances: 8,
      speakers: 3,
      classes: null,
      languages: [],
      incomplete: null,
      audioSeconds: expect.closeTo(seconds, 6) as number,
      isAudioEstimated: false,
      sampleRatesHz: [16000],
      audioProblem: null
    })
  })

  it('to a folder of something else gives the reason of both readers', async () => {
    mkdirSync(join(folder(), 'notes'))
    const found = await preview(join(folder(), 'notes'))
    expect(found).toEqual({
      reasons: [
        expect.stringContaining('holds no .onnx file') as string,
        expect.stringContaining('is not a data set that Lathe knows') as string
      ]
    })
  })

  it('to a broken model gives the reason of the model reader alone', async () => {
    const path = join(folder(), 'broken.onnx')
    writeFileSync(path, 'not a model')
    expect(await preview(path)).toEqual({
      reasons: [expect.stringContaining(`Could not open '${path}'`) as string]
    })
  })

  it('that leads nowhere is told by both', async () => {
    const found = await preview(join(folder(), 'absent'))
    expect(found).toEqual({
      reasons: [expect.stringContaining('does not exist'), expect.stringContaining('does not exist')]
    })
  })
})
