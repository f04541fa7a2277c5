import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { trainingRecipeSchema } from './training'

const folder = resolve(import.meta.dirname, '../../resources/training')
const least = {
  trainingVersion: 1,
  name: 'least',
  model: 'm',
  trainingSet: 't',
  trainable: ['*'],
  learningRate: 0.1,
  steps: 1
}

describe('the training recipe', () => {
  it.each(readdirSync(folder))('%s in resources is one', (name) => {
    const parsed = trainingRecipeSchema.safeParse(JSON.parse(readFileSync(join(folder, name), 'utf8')))
    expect(parsed.error?.issues ?? []).toEqual([])
  })

  it('needs little: the rest has defaults', () => {
    expect(trainingRecipeSchema.parse(least)).toMatchObject({
      optimizer: { kind: 'adamw', weightDecay: 0.01 },
      schedule: { kind: 'constant', warmupSteps: 0 },
      batches: { perStep: 1 },
      augmentation: { speeds: [1] },
      maxGradientNorm: 1
    })
  })

  it('takes a loss by its settings, and CTC also by its name alone', () => {
    const lossOf = (loss: unknown) => trainingRecipeSchema.parse({ ...least, loss }).loss
    expect(lossOf(undefined)).toBeUndefined()
    expect(lossOf('ctc')).toEqual({ kind: 'ctc' })
    expect(lossOf({ kind: 'cross-entropy' })).toEqual({ kind: 'cross-entropy', labelSmoothing: 0 })
  })

  it.each([
    ['an unknown member', { stepz: 3 }],
    ['a smoothing that leaves nothing', { loss: { kind: 'cross-entropy', labelSmoothing: 1 } }],
    ['both lengths', { epochs: 1 }],
    ['early stopping without a development set', { earlyStopping: { patience: 2 } }],
    ['an exponential schedule to 0', { schedule: { kind: 'exponential', finalFraction: 0 } }],
    ['nothing to train', { trainable: [] }],
    ['a negative learning rate', { learningRate: -1 }]
  ])('refuses %s', (_, changes) => {
    expect(trainingRecipeSchema.safeParse({ ...least, ...changes }).success).toBe(false)
  })
})
