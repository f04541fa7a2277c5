import { describe, expect, it } from 'vitest'
import { trainingRecipeSchema } from '@contract/training'
import { checkTrainingText } from './check-recipe-text'
import { newTraining, trainingText } from './training-form'

const texts = import.meta.glob<string>('../../resources/training/*.json', {
  query: '?raw',
  import: 'default',
  eager: true
})

describe('the form of a training recipe', () => {
  it.each(Object.entries(texts))('writes %s as what it means', (_, text) => {
    const recipe = trainingRecipeSchema.parse(JSON.parse(text))
    expect(trainingRecipeSchema.parse(JSON.parse(trainingText(recipe)))).toEqual(recipe)
  })

  it('leaves defaults out, but not what they would be about', () => {
    const form = newTraining({ name: 'n', model: 'm', trainingSet: 't' })
    expect(JSON.parse(trainingText(form))).toEqual({
      trainingVersion: 1,
      name: 'n',
      model: 'm',
      trainingSet: 't',
      trainable: ['*'],
      learningRate: 0.0001,
      schedule: { kind: 'cosine', warmupSteps: 10, finalFraction: 0.05 },
      steps: 200,
      evaluateEverySteps: 20,
      checkpointEverySteps: 20
    })
    const changed = { ...form, optimizer: { ...form.optimizer, weightDecay: 0.1 } } as typeof form
    expect(JSON.parse(trainingText(changed))).toMatchObject({
      optimizer: { kind: 'adamw', weightDecay: 0.1 }
    })
    const sgd = { ...form, optimizer: { kind: 'sgd', momentum: 0 } } as typeof form
    expect(checkTrainingText(trainingText(sgd))).toMatchObject({ recipe: { optimizer: { kind: 'sgd' } } })
  })

  it('says what a new recipe still needs', () => {
    const checked = checkTrainingText(trainingText(newTraining({ name: 'n' })))
    const places = checked.isValid ? [] : checked.issues.map(({ place, kind }) => [place, kind])
    expect(places).toEqual([
      ['model', 'empty'],
      ['trainingSet', 'empty']
    ])
  })
})
