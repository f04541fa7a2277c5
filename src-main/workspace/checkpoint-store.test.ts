import { existsSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { openCheckpointStore, type CheckpointStore } from './checkpoint-store'

const folder = useTemporaryFolder()
const trainingId = 'a'.repeat(64)
const file = () => join(folder(), 'trainings', trainingId, 'checkpoint.bin')

function store(): CheckpointStore {
  return openCheckpointStore(join(folder(), 'trainings'), join(folder(), 'tmp'))
}

describe('the checkpoint store', () => {
  it('gives back the last checkpoint of each training, to the last bit', async () => {
    expect(await store().read(trainingId)).toBeUndefined()
    await store().write(trainingId, { step: 1, loss: 0.1 + 0.2 }, { w: Float32Array.of(1) })
    const values = Float32Array.of(1 / 3, -0, NaN, 1e-45)
    await store().write(trainingId, { step: 2, loss: 0.1 + 0.2 }, { w: values, 'm/ü:x': new Float32Array(0) })
    const read = await store().read(trainingId)
    expect(read?.header).toEqual({ step: 2, loss: 0.1 + 0.2 })
    expect(read?.arrays).toEqual({ w: values, 'm/ü:x': new Float32Array(0) })
    expect(await store().read('b'.repeat(64))).toBeUndefined()
    // Written aside and renamed: nothing is left over.
    expect(readdirSync(join(folder(), 'tmp'))).toEqual([])
    expect(readdirSync(join(folder(), 'trainings', trainingId))).toEqual(['checkpoint.bin'])
  })

  it.each([
    ['a changed byte', () => writeFileSync(file(), readFileSync(file()).fill(1, 80))],
    ['a lost end', () => truncateSync(file(), 90)],
    ['nothing left', () => truncateSync(file(), 0)]
  ])('refuses a checkpoint with %s, by name', async (_, damage) => {
    await store().write(trainingId, null, { w: Float32Array.of(1, 2) })
    damage()
    await expect(store().read(trainingId)).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining(file()) as string
    })
  })

  it('removes checkpoint and record together, but nothing of a training that runs', async () => {
    await store().write(trainingId, null, { w: Float32Array.of(1) })
    await store().writeRecord(trainingId, { recordVersion: 1 })
    const release = store().claim(trainingId)
    expect(() => store().claim(trainingId)).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(() => {
      store().remove(trainingId)
    }).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(await store().read(trainingId)).toBeDefined()
    release()
    store().remove(trainingId)
    expect(store().list()).toEqual([])
    expect(await store().read(trainingId)).toBeUndefined()
    expect(existsSync(join(folder(), 'trainings', trainingId))).toBe(false)
    expect(readdirSync(join(folder(), 'tmp'))).toEqual([])
    // What is gone already stays so.
    store().remove(trainingId)
  })

  it('takes only ids of trainings for names of folders', async () => {
    await expect(store().write('../x', null, {})).rejects.toMatchObject({ code: 'internal' })
  })
})
