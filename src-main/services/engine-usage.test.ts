import process from 'node:process'
import { describe, expect, it } from 'vitest'
import type { EngineExit, EngineProcess } from '../engine/launcher'
import { watchEngines } from './engine-usage'

function launcherOf(processId: number | undefined) {
  const exits: ((exit: EngineExit) => void)[] = []
  const engine: EngineProcess = {
    processId,
    send: () => undefined,
    onMessage: () => undefined,
    onExit: (listener) => void exits.push(listener),
    kill: () => undefined
  }
  const exit = () => {
    for (const listener of exits) listener({ code: 0, signal: null, lastWords: '' })
  }
  return { launcher: watchEngines({ launch: () => engine }), exit }
}

describe('what engines take of the machine', () => {
  it.skipIf(process.platform !== 'linux')('is read from the system while they run (Linux only)', () => {
    const { launcher, exit } = launcherOf(process.pid)
    expect(launcher.usage()).toEqual([])
    launcher.launch()
    const [usage] = launcher.usage()
    // This very process: it agrees with itself to within what happens between two looks.
    const { user, system } = process.cpuUsage()
    expect(usage?.processId).toBe(process.pid)
    expect(usage?.residentBytes).toBeGreaterThan(0.5 * process.memoryUsage.rss())
    expect(usage?.residentBytes).toBeLessThan(2 * process.memoryUsage.rss())
    expect(Math.abs((usage?.processorSeconds ?? 0) - (user + system) / 1e6)).toBeLessThan(0.5)
    exit()
    expect(launcher.usage()).toEqual([])
  })

  it('is not told where the process is not known or gone', () => {
    // Larger than Linux ever counts.
    for (const processId of [undefined, 2 ** 30]) {
      const { launcher } = launcherOf(processId)
      launcher.launch()
      expect(launcher.usage()).toEqual([])
    }
  })
})
