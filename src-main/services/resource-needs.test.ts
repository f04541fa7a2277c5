import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createInProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { writeTinyModel } from '../../tests/helpers/tiny-speech-model'
import { tinyTrainingRecipe } from '../../tests/helpers/tiny-training'
import { compressModel } from './compress-model'
import { assertFits, findShortfalls, type MachineRoom } from './resource-needs'
import { trainModel } from './train-model'

/** Folders that begin with `/big` are on another disk. */
const machine: MachineRoom = {
  disk: (folder) =>
    folder.startsWith('/big') ? { freeBytes: 1e12, device: 2 } : { freeBytes: 3e9, device: 1 },
  memory: () => ({ availableBytes: 2e9, totalBytes: 8e9 })
}

describe('what does not fit', () => {
  it('is nothing, as long as there is as much as is needed', () => {
    const disk = [{ folder: '/work', bytes: 3e9 }]
    expect(findShortfalls(machine, { memoryBytes: 2e9, disk })).toEqual([])
    expect(() => {
      assertFits('This study', [])
    }).not.toThrow()
  })

  it('is named with what is needed, what there is, and how to start all the same', () => {
    const disk = [{ folder: '/work', bytes: 12e9 }]
    const shortfalls = findShortfalls(machine, { memoryBytes: 5.1e9, disk })
    expect(shortfalls).toEqual([
      { resource: 'disk', neededBytes: 12e9, availableBytes: 3e9, folder: '/work' },
      { resource: 'memory', neededBytes: 5.1e9, availableBytes: 2e9, folder: null }
    ])
    expect(() => {
      assertFits('This study', shortfalls)
    }).toThrow(
      expect.objectContaining({
        code: 'resources',
        message:
          "This study needs about 12.00 GB of disk in '/work' (3.00 GB free), and about 5.10 GB of memory (2.00 GB " +
          'available), by an estimate: make room or ask for less, or start it all the same (--force).',
        details: {
          diskNeededBytes: 12e9,
          diskAvailableBytes: 3e9,
          memoryNeededBytes: 5.1e9,
          memoryAvailableBytes: 2e9
        }
      })
    )
  })

  it('counts what goes to the same disk together', () => {
    const needs = (output: string) => ({
      memoryBytes: 0,
      disk: [
        { folder: '/work', bytes: 2e9 },
        { folder: output, bytes: 2e9 }
      ]
    })
    expect(findShortfalls(machine, needs('/out'))).toMatchObject([{ neededBytes: 4e9, folder: '/work' }])
    expect(findShortfalls(machine, needs('/big/out'))).toEqual([])
  })
})

describe('what would take more than there is', () => {
  const folder = useTemporaryFolder()
  const launcher = createInProcessLauncher()
  const full: MachineRoom = {
    disk: () => ({ freeBytes: 100, device: 1 }),
    memory: () => ({ availableBytes: 100, totalBytes: 1e9 })
  }
  const refusal = (subject: string) => ({
    code: 'resources',
    message: expect.stringMatching(
      new RegExp(
        `^${subject} needs about .* of disk in '.*' \\(100 B free\\), and about .* of memory \\(100 B available\\)`
      )
    ) as string
  })

  it('is not compressed, before anything is written', async () => {
    const request = {
      modelPath: writeTinyModel(join(folder(), 'model')),
      making: { kind: 'quantize', precision: 'int8' },
      calibrationPath: undefined,
      resample: false,
      workspaceFolder: join(folder(), 'workspace'),
      outputFolder: join(folder(), 'output')
    } as const
    await expect(compressModel(launcher, request, {}, full)).rejects.toMatchObject(
      refusal('This compression')
    )
    expect(existsSync(request.workspaceFolder)).toBe(false)
    // Past the check; the launcher of this test has no runtime.
    await expect(compressModel(launcher, { ...request, isForced: true }, {}, full)).rejects.not.toMatchObject(
      {
        code: 'resources'
      }
    )
  })

  it('is not trained', async () => {
    writeTinyModel(join(folder(), 'model'))
    const recipePath = join(folder(), 'training.json')
    writeFileSync(recipePath, JSON.stringify(tinyTrainingRecipe()))
    const workspace = join(folder(), 'workspace')
    const request = { recipePath, workspaceFolder: workspace, outputFolder: undefined }
    await expect(trainModel(launcher, request, {}, full)).rejects.toMatchObject(refusal('This training'))
    expect(existsSync(workspace)).toBe(false)
  })
})
