import { beforeEach, describe, expect, it } from 'vitest'
import { calls } from '@contract/calls'
import { WorkbenchError } from '@contract/errors'
import type { AllowedFolders } from '../workspace/allowed-folders'
import type { InteractiveEngine } from './interactive-engine'
import { createModelInspection } from './inspect-model'

interface Asked {
  readonly name: string
  readonly params: Record<string, unknown>
  readonly topic: string | undefined
}

let asked: Asked[]
let opened: number
let closed: number
let failure: WorkbenchError | undefined
const table = {}

/** Lets everything below /allowed through, with links followed. */
const folders = {
  resolve(path: string) {
    if (!path.startsWith('/allowed/')) {
      throw new WorkbenchError('invalid-input', `'${path}' lies outside the folders that may be opened.`)
    }
    return path.replace('/link/', '/real/')
  }
} as Partial<AllowedFolders> as AllowedFolders

function inspection() {
  const engine: InteractiveEngine = {
    ask: (name, params, options) => {
      asked.push({ name, params: params as never, topic: options?.topic })
      return failure === undefined ? Promise.resolve({ from: name, table } as never) : Promise.reject(failure)
    },
    close() {
      closed++
    }
  }
  return createModelInspection({
    openEngine: () => {
      opened++
      return engine
    },
    folders,
    workspaceFolder: '/workspace'
  })
}

beforeEach(() => {
  asked = []
  opened = 0
  closed = 0
  failure = undefined
})

describe('looking into a model', () => {
  const model = { modelPath: '/allowed/link/model', calibrationPath: '/allowed/speech' }

  it('asks one engine about one session, whatever the question', async () => {
    const looking = inspection()
    expect(opened).toBe(0)
    const layer = calls['weights.statistics'].params.parse({ ...model, layerId: 'a' })
    await looking.spectra(calls['model.spectra'].params.parse(model), {})
    await looking.statistics(layer, {})
    await looking.twins(layer, {})
    const ranks = { policy: 'uniform', retainedFraction: 0.5 } as const
    await looking.previewPlan(
      calls['plan.preview'].params.parse({ ...model, method: 'whitened-svd', ranks }),
      {}
    )
    expect(opened).toBe(1)
    expect(asked.map(({ name }) => name)).toEqual([
      'model.spectra',
      'weights.statistics',
      'model.twins',
      'model.plan'
    ])
    for (const { params } of asked) {
      expect(params).toMatchObject({
        modelPath: '/allowed/real/model',
        calibrationPath: '/allowed/speech',
        workspaceFolder: '/workspace',
        resample: true
      })
    }
    // Only these may be overtaken by a newer one: spectra are asked for once.
    expect(asked.map(({ topic }) => topic)).toEqual([
      undefined,
      'weights.statistics',
      'model.twins',
      'plan.preview'
    ])
  })

  it('fills in what a page leaves out', async () => {
    const ranks = { policy: 'energy', retainedFraction: 0.25 } as const
    const request = {
      modelPath: '/allowed/model',
      calibrationPath: null,
      method: 'weight-svd',
      ranks
    } as const
    await inspection().previewPlan(calls['plan.preview'].params.parse(request), {})
    expect(asked[0]!.params).toMatchObject({
      calibrationPath: undefined,
      making: {
        kind: 'low-rank',
        ranks: { budgetUnit: 'parameters', budgetScope: 'layers', rankMultiple: 1, minimumRank: 1 },
        selection: { excludeRoles: ['conv', 'embedding', 'head', 'other'] },
        precision: 'float32'
      }
    })
  })

  it.each([
    ['the model', { modelPath: '/etc/passwd', calibrationPath: null }],
    ['the recordings', { ...model, calibrationPath: '/etc' }]
  ])('refuses %s outside the allowed folders before an engine is started', async (_, params) => {
    const looking = inspection()
    await expect(looking.spectra(calls['model.spectra'].params.parse(params), {})).rejects.toMatchObject({
      code: 'invalid-input'
    })
    expect(opened).toBe(0)
  })

  it.each([
    ['a fraction above 1', { policy: 'uniform', retainedFraction: 1.5 }],
    ['a policy that does not exist', { policy: 'best', retainedFraction: 0.5 }],
    ['a rank of 0', { policy: 'manual', rankMap: { a: 0 } }],
    ['a member too many', { policy: 'manual', rankMap: {}, retainedFraction: 0.5 }]
  ])('does not take %s', (_, ranks) => {
    expect(calls['plan.preview'].params.safeParse({ ...model, method: 'asvd', ranks }).success).toBe(false)
  })

  it('times the machine in an engine of its own, which is closed, so that quick questions are not held up', async () => {
    const looking = inspection()
    await looking.spectra(calls['model.spectra'].params.parse(model), {})
    const times = await looking.times(calls['machine.probe'].params.parse({ modelPath: model.modelPath }), {})
    expect(times).toBe(table)
    expect(asked.at(-1)).toMatchObject({
      name: 'machine.probe',
      params: { modelPath: '/allowed/real/model', workspaceFolder: '/workspace', threads: 1, again: false }
    })
    expect([opened, closed]).toEqual([2, 1])
    await expect(
      looking.times({ modelPath: '/etc/passwd', threads: 1, again: false }, {})
    ).rejects.toMatchObject({
      code: 'invalid-input'
    })
    expect(opened).toBe(2)
    await looking.times({ modelPath: model.modelPath, threads: 1, again: true }, {})
    expect(asked.at(-1)).toMatchObject({ params: { again: true } })
  })

  it('closes the engine of a timing that failed or is under way', async () => {
    const looking = inspection()
    failure = new WorkbenchError('cancelled', 'Taken back.')
    await expect(looking.times({ modelPath: '/allowed/model', threads: 1, again: false }, {})).rejects.toBe(
      failure
    )
    expect(closed).toBe(1)
    failure = undefined
    const underWay = looking.times({ modelPath: '/allowed/model', threads: 1, again: false }, {})
    looking.close()
    expect(closed).toBe(2)
    await underWay
  })

  it('closes the engine that it opened, and none that it did not', () => {
    inspection().close()
    expect(closed).toBe(0)
  })
})
