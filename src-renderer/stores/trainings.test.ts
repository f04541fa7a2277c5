import { describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { trainingRecipeSchema, type DevelopmentRecord, type TrainingStepRecord } from '@contract/training'
import type { TrainingRecord } from '@contract/training-record'
import { openStoreHost, type StoreHandlers } from '../../tests/helpers/store-host'
import { useTrainingsStore } from './trainings'

const trainingId = 'a'.repeat(64)
const step = (number: number): TrainingStepRecord => ({
  step: number,
  epoch: 0,
  loss: 1 / number,
  gradientNorm: 1,
  learningRate: 0.1,
  audioSeconds: 1
})
const heard = (number: number): DevelopmentRecord => ({
  step: number,
  loss: 5 - number,
  wordErrors: 3,
  referenceWords: 10
})

function record(steps: number): TrainingRecord {
  const recipe = trainingRecipeSchema.parse({
    trainingVersion: 1,
    name: 'n',
    model: 'm',
    trainingSet: 't',
    trainable: ['*'],
    learningRate: 0.1,
    steps: 10
  })
  return {
    recordVersion: 1,
    trainingId,
    recipe,
    parentModelHash: '',
    trainingHash: '',
    developmentHash: null,
    trainedParameters: 5,
    totalSteps: 10,
    curve: { steps: Array.from({ length: steps }, (_, place) => step(place + 1)), development: [heard(0)] },
    outcome: null
  }
}

it('lets the curve in hand grow by each point once, and asks for all of it when some are missing', async () => {
  let kept = record(2)
  const listed = {
    trainingId,
    name: 'n',
    changedAt: '',
    steps: 2,
    totalSteps: 10,
    best: heard(0),
    ended: null
  }
  const host = openStoreHost({ 'trainings.list': () => [listed], 'trainings.show': () => kept })
  const trainings = useTrainingsStore()
  await trainings.open(trainingId)
  const taken = () => trainings.shown?.curve.steps.map((each) => each.step)
  const advance = (steps: number[], development: number[] = []) => {
    host.publish({
      kind: 'training.advanced',
      advance: { trainingId, steps: steps.map(step), development: development.map(heard), pace: null }
    })
  }
  advance([2, 3, 4], [0, 4])
  await vi.waitFor(() => expect(taken()).toEqual([1, 2, 3, 4]))
  expect(trainings.shown?.curve.development.map((each) => each.step)).toEqual([0, 4])
  expect(trainings.all?.[0]).toMatchObject({ steps: 4, best: heard(4) })
  kept = record(8)
  advance([7, 8])
  await vi.waitFor(() => expect(taken()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]))
  // It went on from an older checkpoint: the curve is what the host says, however short.
  kept = record(3)
  host.publish({ kind: 'training.changed', trainingId })
  await vi.waitFor(() => expect(taken()).toEqual([1, 2, 3]))
})

describe('removing a training', () => {
  const listed = ['a', 'b'].map((letter) => ({
    trainingId: letter.repeat(64),
    name: letter,
    changedAt: '',
    steps: 2,
    totalSteps: 10,
    best: null,
    ended: null
  }))
  const opened = async (handlers: StoreHandlers = {}) => {
    const host = openStoreHost({
      'trainings.list': () => listed,
      'trainings.show': () => record(2),
      ...handlers
    })
    const trainings = useTrainingsStore()
    await vi.waitFor(() => expect(trainings.all).toHaveLength(2))
    return { host, trainings, names: () => trainings.all?.map(({ name }) => name) }
  }

  it('can be taken back, since the host is told only afterwards', async () => {
    const { host, trainings, names } = await opened({ 'trainings.remove': (training) => training })
    await trainings.open(trainingId)
    await trainings.remove(trainingId)
    expect(names()).toEqual(['b'])
    trainings.undoRemoval()
    expect(names()).toEqual(['a', 'b'])
    expect(host.asked.map(({ name }) => name)).not.toContain('trainings.remove')
    await trainings.remove(trainingId)
    await trainings.commitRemoval()
    expect(host.asked.at(-1)).toEqual({ name: 'trainings.remove', params: { trainingId } })
    expect(names()).toEqual(['b'])
    expect(trainings.shown).toBeUndefined()
  })

  it('brings the training back when the host refuses, and says why', async () => {
    const { trainings, names } = await opened({
      'trainings.remove': () => {
        throw new WorkbenchError('conflict', 'It runs again.')
      }
    })
    await trainings.remove(trainingId)
    await trainings.commitRemoval()
    expect(names()).toEqual(['a', 'b'])
    expect(trainings.failure).toBe('It runs again.')
  })

  it('follows what another page has removed', async () => {
    const { host, names } = await opened()
    host.publish({ kind: 'training.removed', trainingId })
    await vi.waitFor(() => expect(names()).toEqual(['b']))
  })
})

it('does not mix two trainings up', async () => {
  const other = 'b'.repeat(64)
  const host = openStoreHost({
    'trainings.list': () => [],
    'trainings.show': ({ trainingId: asked }) => ({ ...record(asked === other ? 1 : 2), trainingId: asked })
  })
  const trainings = useTrainingsStore()
  await trainings.open(trainingId)
  const advance = { trainingId: other, steps: [step(2)], development: [], pace: null }
  host.publish({ kind: 'training.advanced', advance })
  await trainings.open(other)
  expect(trainings.shown).toMatchObject({ trainingId: other, curve: { steps: [{ step: 1 }] } })
})
