import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { sha256Text } from '../workspace/files'
import { readModelTraining } from './read-model-training'

const folder = (curve: string | undefined) => ({
  has: (name: string) => curve !== undefined && name === 'training-curve.json',
  readText: async () => curve ?? ''
})
const hash = sha256Text('a model')
const record = (changes: object = {}) =>
  JSON.stringify({
    modelHash: hash,
    chosenStep: 20,
    curve: {
      steps: [],
      development: [
        { step: 10, loss: 2, wordErrors: 40, referenceWords: 200 },
        { step: 20, loss: 1, wordErrors: 25, referenceWords: 200 },
        { step: 30, loss: 1.1, wordErrors: 30, referenceWords: 200 }
      ]
    },
    ...changes
  })

describe('the training of a model', () => {
  it('is told by the curve beside it: the step that was chosen, and what it got wrong', async () => {
    expect(await readModelTraining(folder(record()), hash)).toEqual({ step: 20, developmentErrorRate: 0.125 })
  })

  it('has no error rate where nothing was heard at that step', async () => {
    const silent = record({ curve: { steps: [], development: [] } })
    expect(await readModelTraining(folder(silent), hash)).toEqual({ step: 20, developmentErrorRate: null })
  })

  it.each([
    ['no file', undefined],
    ['the curve of another model', record({ modelHash: sha256Text('another') })],
    ['another file of that name', '{"steps": 3}'],
    ['no JSON', 'step,loss\n'],
    ['a step that is no number', record({ chosenStep: 'last' })]
  ])('is not made up from %s', async (_, curve) => {
    expect(await readModelTraining(folder(curve), hash)).toBeUndefined()
  })

  it('is not told by a file that cannot be read', async () => {
    const unreadable = {
      has: () => true,
      readText: () => Promise.reject(new WorkbenchError('io', 'It cannot be read.'))
    }
    expect(await readModelTraining(unreadable, hash)).toBeUndefined()
  })

  it('is there for the model of the demo, by the file that came with it', async () => {
    const demo = resolve(import.meta.dirname, '../../resources/demo/demo-conformer')
    const text = readFileSync(join(demo, 'training-curve.json'), 'utf8')
    const { modelHash } = JSON.parse(text) as { modelHash: string }
    const training = await readModelTraining(folder(text), modelHash)
    expect(training?.developmentErrorRate).toBeGreaterThan(0)
    expect(training?.developmentErrorRate).toBeLessThan(0.1)
  })
})
