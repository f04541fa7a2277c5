import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { StudyReport } from '@contract/trial'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../tests/helpers/store-host'
import { completedTrial } from '../../tests/helpers/trial-reports'
import { useExportsStore } from './exports'

const study = { studyId: 's'.repeat(64), name: 'lesson' } as StudyReport['study']
const tiers = [completedTrial('large'), completedTrial('small')]

let host: StoreHost
let handlers: StoreHandlers

beforeEach(() => {
  handlers = {}
  host = openStoreHost(handlers)
})
afterEach(() => {
  host.api.close()
})

const exported = (folder: string) => ({ folder, files: [], maxAbsoluteError: 0, card: '# card' })

describe('exporting tiers', () => {
  it('asks for one after the other, and goes on after one that fails', async () => {
    const exports = useExportsStore()
    exports.folder = '/out'
    const states: string[][] = []
    handlers['export.tier'] = ({ name }) => {
      states.push(exports.tiers.map(({ state }) => state))
      if (name === 'lesson large') throw new WorkbenchError('conflict', 'It is there already.')
      return exported('/out/small')
    }
    await exports.run(study, tiers)
    expect(states).toEqual([
      ['running', 'waiting'],
      ['failed', 'running']
    ])
    expect(exports.tiers).toMatchObject([
      { trialName: 'large', state: 'failed', failure: 'It is there already.' },
      { trialName: 'small', state: 'done', exported: { folder: '/out/small', maxAbsoluteError: 0 } }
    ])
    expect(exports.ended).toBe(2)
    expect(exports.isRunning).toBe(false)
    expect(host.asked[0]?.params).toEqual({
      study: study.studyId,
      trial: tiers[0]?.trialId,
      folder: '/out',
      name: 'lesson large'
    })
  })

  it('stops with the tier in hand', async () => {
    const exports = useExportsStore()
    exports.folder = '/out'
    handlers['export.tier'] = () => new Promise(() => undefined)
    const running = exports.run(study, tiers)
    await vi.waitUntil(() => host.asked.length === 1)
    exports.cancel()
    await running
    expect(exports.tiers.map(({ state }) => state)).toEqual(['cancelled', 'cancelled'])
    expect(host.asked).toHaveLength(1)
  })

  it('does nothing without a folder or without tiers', async () => {
    const exports = useExportsStore()
    await exports.run(study, tiers)
    exports.folder = '/out'
    await exports.run(study, [])
    expect(host.asked).toEqual([])
    expect(exports.isRunning).toBe(false)
  })
})
