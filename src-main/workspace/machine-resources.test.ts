import os from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { systemResources } from './machine-resources'

const folder = useTemporaryFolder()

describe('what the machine has left', () => {
  it('of disk is that of the folder which a new one will be made in', () => {
    const { freeBytes, device } = systemResources.disk(folder())
    expect(freeBytes).toBeGreaterThan(0)
    const within = systemResources.disk(join(folder(), 'not', 'made', 'yet'))
    expect(within.device).toBe(device)
    // Others write to the same disk meanwhile.
    expect(Math.abs(within.freeBytes - freeBytes)).toBeLessThan(1e9)
  })

  it('of memory is no more than there is', () => {
    const { availableBytes, totalBytes } = systemResources.memory()
    expect(availableBytes).toBeGreaterThan(0)
    expect(availableBytes).toBeLessThan(totalBytes)
    expect(totalBytes).toBeLessThanOrEqual(os.totalmem())
  })

  it.skipIf(process.platform !== 'linux')('counts what a process holds and has computed (Linux only)', () => {
    const usage = systemResources.usageOf(process.pid)
    const { user, system } = process.cpuUsage()
    expect(usage?.residentBytes).toBeGreaterThan(0.5 * process.memoryUsage.rss())
    expect(usage?.residentBytes).toBeLessThan(2 * process.memoryUsage.rss())
    expect(Math.abs((usage?.processorSeconds ?? 0) - (user + system) / 1e6)).toBeLessThan(0.5)
  })

  it('tells nothing of a process that is not there', () => {
    // Larger than Linux ever counts.
    expect(systemResources.usageOf(2 ** 30)).toBeUndefined()
  })
})
