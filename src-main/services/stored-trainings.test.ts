import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { trainingRecipeSchema } from '@contract/training'
import type { TrainingRecord } from '@contract/training-record'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import type { Json } from '../base/canonical-json'
import { openCheckpointStore } from '../workspace/checkpoint-store'
import { findTraining, listTrainings, removeTraining } from './stored-trainings'

const folder = useTemporaryFolder()

async function workspaceOf(names: Readonly<Record<string, string>>) {
  const checkpoints = openCheckpointStore(join(folder(), 'trainings'), join(folder(), 'tmp'))
  for (const [start, name] of Object.entries(names)) {
    const trainingId = start.padEnd(64, '0')
    const recipe = trainingRecipeSchema.parse({
      trainingVersion: 1,
      name,
      model: 'm',
      trainingSet: 't',
      trainable: ['*'],
      learningRate: 1,
      steps: 9
    })
    const record: TrainingRecord = {
      recordVersion: 1,
      trainingId,
      recipe,
      parentModelHash: '',
      trainingHash: '',
      developmentHash: null,
      trainedParameters: 1,
      totalSteps: 9,
      curve: { steps: [], development: [] },
      outcome: null
    }
    await checkpoints.writeRecord(trainingId, record as unknown as Json)
  }
  return { checkpoints }
}

describe('the trainings of a workspace', () => {
  it('are found by id, name or the beginning of an id, in this order', async () => {
    const workspace = await workspaceOf({ abc: 'first', abd: 'second', e: 'ab' })
    const found = (wanted: string) => findTraining(workspace, wanted).name
    expect(found('abc'.padEnd(64, '0'))).toBe('first')
    expect(found('second')).toBe('second')
    expect(found('abc')).toBe('first')
    expect(found('ab')).toBe('ab')
  })

  it.each([
    ['', 'not-found', /no training ''/],
    ['f', 'not-found', /no training 'f'/],
    ['a', 'conflict', /means 2 trainings/],
    ['same', 'conflict', /give an id/]
  ])("'%s' means none or several", async (wanted, code, message) => {
    const workspace = await workspaceOf({ ab: 'same', ac: 'same' })
    expect(() => findTraining(workspace, wanted)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string })
    )
  })

  it('are fewer by the one that is removed', async () => {
    const workspace = await workspaceOf({ ab: 'first', c: 'second' })
    expect(removeTraining(workspace, 'first').name).toBe('first')
    expect(listTrainings(workspace).map(({ name }) => name)).toEqual(['second'])
  })
})
