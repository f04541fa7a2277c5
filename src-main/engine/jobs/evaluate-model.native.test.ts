/** Evaluations of the tiny models, by what they count. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { evaluationSettingsSchema, type EvaluationSettings } from '@contract/recipe'
import { qualityOf } from '@contract/quality'
import type { Measurement, UtteranceRecord } from '@contract/trial'
import { useSharedTemporaryFolder } from '../../../tests/helpers/shared-temporary-folder'
import { signClassifierModel } from '../../../tests/helpers/tiny-recognizers'
import { writeTinyData } from '../../../tests/helpers/tiny-speech-data'
import { writeTinyModel } from '../../../tests/helpers/tiny-speech-model'
import { encodeWav } from '../../../tests/helpers/wav-file'
import { encodeModel } from '../../onnx/serde/encode-model'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import type { EvaluateParams } from '../protocol'
import type { JobContext } from '../serve'
import { describeDataset } from './dataset'
import { evaluateModel } from './evaluate-model'
import { openModel, requireDescription } from './open-model'

const shared = useSharedTemporaryFolder()
const backend = createOrtBackend()
const clock = { nowMilliseconds: () => performance.now() }

let model: string
let data: string
beforeAll(() => {
  model = writeTinyModel(join(shared(), 'model'))
  data = writeTinyData(join(shared(), 'eval.jsonl'), { utterances: 40, seed: 3, seconds: [0.3, 0.8] })
})

interface Evaluated {
  readonly measurement: Measurement
  readonly records: readonly UtteranceRecord[]
}

async function evaluate(
  modelPath: string,
  datasetPath: string,
  settings: Partial<EvaluationSettings> = {},
  more: Pick<EvaluateParams, 'stopping' | 'subset'> = {}
): Promise<Evaluated> {
  const opened = await openModel(modelPath)
  const records: UtteranceRecord[] = []
  const measurement = await evaluateModel(
    backend,
    clock,
    {
      description: requireDescription(opened),
      modelFile: opened.file,
      datasetPath,
      settings: evaluationSettingsSchema.parse({ warmupUtterances: 0, ...settings }),
      known: [],
      ...more
    },
    context((finished) => records.push(...finished))
  )
  return { measurement, records }
}

function context(records: JobContext['records']): JobContext {
  return {
    signal: { aborted: false },
    progress: () => undefined,
    records,
    breathe: () => Promise.resolve()
  }
}

describe('an evaluation of texts', () => {
  it('counts words and characters and names speakers', async () => {
    const { measurement, records } = await evaluate(model, data)
    const { wordErrorRate, characterErrors, speakers, utterances } = measurement
    const edits = records.reduce((sum, { wordErrors }) => {
      return sum + wordErrors!.substitutions + wordErrors!.deletions + wordErrors!.insertions
    }, 0)
    const words = records.reduce((sum, { reference }) => sum + reference.split(' ').length, 0)
    expect(wordErrorRate).toBe(edits / words)
    expect(characterErrors?.referenceCharacters).toBe(
      records.reduce((sum, { reference }) => sum + reference.length, 0)
    )
    expect([speakers, utterances, records[1]?.speaker]).toEqual([3, 40, 'speaker-1'])
    expect(qualityOf(measurement)?.kind).toBe('word-error-rate')
  })

  it('draws speakers when told, and refuses where there are none', async () => {
    const { measurement } = await evaluate(model, data, { bootstrapUnit: 'speaker' })
    const { measurement: byUtterance } = await evaluate(model, data)
    expect(measurement.wordErrorRateInterval).not.toEqual(byUtterance.wordErrorRateInterval)
    const nameless = classFolders('nameless', 3)
    await expect(
      evaluate(signClassifier('for-nameless'), nameless, { bootstrapUnit: 'speaker' })
    ).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('names none for 6 of 6') as string
    })
  })
})

describe('a subset of the recordings', () => {
  const heard = async (utterances: number, seed: number) => {
    const { measurement, records } = await evaluate(model, data, {}, { subset: { utterances, seed } })
    expect(measurement.utterances).toBe(records.length)
    return records.map(({ utteranceId }) => utteranceId)
  }

  it('is drawn from all of the set, the same for the same seed, and grows by adding', async () => {
    const all = (await evaluate(model, data)).records.map(({ utteranceId }) => utteranceId)
    const ten = await heard(10, 1)
    expect(ten).toHaveLength(10)
    expect(ten).toEqual(all.filter((id) => ten.includes(id)))
    expect(ten).not.toEqual(all.slice(0, 10))
    expect(await heard(10, 1)).toEqual(ten)
    expect(await heard(10, 2)).not.toEqual(ten)
    expect(await heard(20, 1)).toEqual(expect.arrayContaining(ten))
    expect(await heard(1000, 1)).toEqual(all)
  })
})

describe('recordings that cannot be read', () => {
  function damaged(): string {
    const folder = join(shared(), 'damaged')
    rmSync(folder, { recursive: true, force: true })
    cpSync(join(shared(), 'eval'), join(folder, 'eval'), { recursive: true })
    cpSync(data, join(folder, 'eval.jsonl'))
    writeFileSync(join(folder, 'eval', '000.wav'), 'no sound')
    rmSync(join(folder, 'eval', '007.wav'))
    return join(folder, 'eval.jsonl')
  }

  it('stop an evaluation that was not told to go on', async () => {
    await expect(evaluate(model, damaged())).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('are left out, named and counted where they may be', async () => {
    const { measurement, records } = await evaluate(model, damaged(), {
      skipUnreadable: true,
      throughput: true
    })
    expect(measurement.unreadable.map(({ utteranceId }) => utteranceId).sort()).toEqual([
      'eval/000.wav',
      'eval/007.wav'
    ])
    expect([measurement.utterances, records.length]).toEqual([38, 38])
    expect(measurement.throughput?.realTimeSpeed).toBeGreaterThan(0)
  })

  it('are part of the identity of the data set: one that appears makes it another', async () => {
    const silent = context(() => undefined)
    const path = damaged()
    const before = await describeDataset({ datasetPath: path, skipUnreadable: true }, silent)
    cpSync(join(shared(), 'eval', '007.wav'), join(shared(), 'damaged', 'eval', '007.wav'))
    const after = await describeDataset({ datasetPath: path, skipUnreadable: true }, silent)
    expect(after.datasetHash).not.toBe(before.datasetHash)
  })
})

describe('throughput', () => {
  it('is measured in batches of all recordings, with the same texts counted', async () => {
    const { measurement } = await evaluate(model, data, { throughput: true })
    const { measurement: plain } = await evaluate(model, data)
    expect(measurement.throughput).toMatchObject({ batchAudioSeconds: 16, batches: 3 })
    expect(measurement.throughput!.unbatchedRealTimeSpeed).toBeGreaterThan(0)
    // Recordings of 0.3 to 0.8 s, sixteen neighbours in length together.
    expect(measurement.throughput!.paddingShare).toBeGreaterThan(0)
    expect(measurement.throughput!.paddingShare).toBeLessThan(0.3)
    expect(measurement.wordErrors).toEqual(plain.wordErrors)
  })

  it('says why a model takes one recording at a time', async () => {
    const { measurement } = await evaluate(signClassifier('one-by-one'), classFolders('signs', 4), {
      throughput: true
    })
    expect(measurement.throughput).toBeUndefined()
    expect(measurement.throughputObstacle).toMatch(/exported for a batch of 1/)
  })
})

describe('an evaluation of labels', () => {
  it('gives accuracy with its interval and the place of the right label', async () => {
    // Half of the folder `above` lies: its sound begins below zero.
    const { measurement, records } = await evaluate(signClassifier('signs-model'), classFolders('lies', 8, 4))
    expect(measurement).toMatchObject({ accuracy: 0.75, correct: 12, topAccuracies: { '1': 0.75 } })
    expect(measurement.accuracyInterval!.lower).toBeLessThan(0.75)
    expect(measurement.wordErrorRate).toBeUndefined()
    expect(qualityOf(measurement)).toMatchObject({ kind: 'classification-error', errorRate: 0.25 })
    expect(records.filter(({ labelRank }) => labelRank === 2)).toHaveLength(4)
    expect(records[0]).toMatchObject({ reference: 'above', hypothesis: 'below', labelRank: 2 })
  })
})

describe('stopping early', () => {
  it('ends when its gates are decided, on the recordings of a random order', async () => {
    const stopping: EvaluateParams['stopping'] = {
      gates: [{ metric: 'error-rate', atMost: 0.01, reference: 'baseline' }],
      references: { baseline: undefined, int8: undefined }
    }
    const { measurement, records } = await evaluate(model, data, {}, { stopping })
    expect(measurement).toMatchObject({ utterances: 32, stoppedBefore: 40 })
    expect(records.map(({ utteranceId }) => utteranceId)).not.toEqual(
      records.map(({ utteranceId }) => utteranceId).toSorted()
    )
  })

  it('goes on to the end when they are not', async () => {
    const { measurement } = await evaluate(
      model,
      data,
      {},
      {
        stopping: {
          gates: [{ metric: 'error-rate-increase', atMost: 0.01, reference: 'baseline' }],
          references: { baseline: undefined, int8: undefined }
        }
      }
    )
    expect(measurement.utterances).toBe(40)
    expect(measurement.stoppedBefore).toBeUndefined()
  })
})

/** A model folder whose model tells the sign of the first sample. */
function signClassifier(name: string): string {
  const folder = join(shared(), name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'model.onnx'), encodeModel(signClassifierModel(1600)))
  writeFileSync(join(folder, 'labels.txt'), 'below\nabove\n')
  return folder
}

/** Folders `above` and `below` of `count` recordings each, of which `lies` in `above` begin below zero. */
function classFolders(name: string, count: number, lies = 0): string {
  const folder = join(shared(), name)
  for (const [label, sign] of [
    ['above', 1],
    ['below', -1]
  ] as const) {
    mkdirSync(join(folder, label), { recursive: true })
    for (let index = 0; index < count; index++) {
      const isLie = label === 'above' && index < lies
      const samples = new Float32Array(1600).fill(isLie ? -0.5 : 0.5 * sign)
      writeFileSync(join(folder, label, `${index}.wav`), encodeWav(samples, 16000))
    }
  }
  return folder
}
