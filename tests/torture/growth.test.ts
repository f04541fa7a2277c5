/**
 * Runs one long study of many small trials and looks after each of them at what host and kept engine hold: what grows with the
 * number of trials ends every long study some day.
 */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createForkLauncher } from '../../src-main/engine/launcher-fork'
import type { EngineLauncher, EngineProcess } from '../../src-main/engine/launcher'
import { runStudy } from '../../src-main/services/run-study'
import { systemResources } from '../../src-main/workspace/machine-resources'
import { childProcesses, hasProcessFiles } from '../helpers/child-processes'
import { cliPath } from '../helpers/run-cli'
import { useTemporaryFolder } from '../helpers/temporary-folder'
import { tinyRecipe, writeRecipe, writeTinyStudy } from '../helpers/tiny-study'
import { effort, isFullTorture, recordFigure } from './effort'

const trials = effort({ short: 12, full: 200 })
/** The first trials fill caches and let the compiler settle. */
const warmUp = effort({ short: 5, full: 20 })
/** After so many the engine that builds starts anew, as `runStudy` has it. */
const trialsPerEngine = 100
/** Megabytes per trial that may be added. In the short form the noise of a few trials is larger than any growth. */
const mostGrowth = { engine: effort({ short: 8, full: 0.5 }), host: effort({ short: 8, full: 0.5 }) }

const folder = useTemporaryFolder()

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** After one trial; memory in megabytes. */
interface Sample {
  readonly host: number
  readonly hostHeap: number
  /** Of the engine that builds and is kept. */
  readonly engine: number
  readonly enginePid: number
  readonly hostHandles: number
  readonly engineHandles: number
}

interface WatchedLauncher {
  readonly launcher: EngineLauncher
  /** The engine that is asked to build, for as long as its host has not heard of its end. */
  readonly builder: () => EngineProcess | undefined
}

/**
 * Tells the engine that builds by what it is asked, and its end by the host's word. Numbers of processes tell neither: the
 * system gives that of an engine that has ended to the next process, which may be one of another test.
 */
function watchedLauncher(): WatchedLauncher {
  const launcher = createForkLauncher(join(dirname(cliPath), 'engine.js'))
  let builder: EngineProcess | undefined
  return {
    builder: () => builder,
    launcher: {
      launch() {
        const engine = launcher.launch()
        engine.onExit(() => {
          if (builder === engine) builder = undefined
        })
        return {
          ...engine,
          send(message) {
            if (message.kind === 'request' && message.name === 'model.build') builder = engine
            engine.send(message)
          }
        }
      }
    }
  }
}

/** Open files, pipes and sockets. */
function handlesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

function look(builder: EngineProcess | undefined): Sample {
  const enginePid = builder?.processId ?? NaN
  expect(childProcesses(process.pid), 'the engine that builds is a child of this host').toContain(enginePid)
  collectGarbage()
  const { rss, heapUsed } = process.memoryUsage()
  return {
    host: rss / 1e6,
    hostHeap: heapUsed / 1e6,
    engine: (systemResources.usageOf(enginePid)?.residentBytes ?? NaN) / 1e6,
    enginePid,
    hostHandles: handlesOf(process.pid),
    engineHandles: handlesOf(enginePid)
  }
}

/** Slope of the least-squares line through values at 0, 1, 2, … */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const spread = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0)
  return values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0) / spread
}

/** The largest slope that any of the engine's processes shows once it has settled; it starts anew now and then. */
function engineGrowth(samples: readonly Sample[]): number {
  const pids = [...new Set(samples.map(({ enginePid }) => enginePid))]
  const slopes = pids.map((pid) => {
    const held = samples.filter(({ enginePid }) => enginePid === pid).map(({ engine }) => engine)
    return held.length >= 2 * warmUp ? slope(held.slice(warmUp)) : 0
  })
  return Math.max(...slopes)
}

/** Different sizes, so that each trial is a model of its own. */
function manyTrials(count: number): ReturnType<typeof tinyRecipe> {
  const low = count - 2
  const methods = ['weight-svd', 'whitened-svd'] as const
  const perMethod = Math.ceil(low / methods.length)
  const retainedFractions = Array.from({ length: perMethod }, (_, index) => 0.3 + (0.6 * index) / perMethod)
  return tinyRecipe({ grids: [{ methods: [...methods], retainedFractions }] })
}

describe.skipIf(!hasProcessFiles)('a long study (skipped where there is no /proc to look into)', () => {
  it(
    `of ${trials} trials lets neither host nor kept engine grow`,
    async () => {
      const study = writeTinyStudy(join(folder(), 'study'), { evaluation: { utterances: 3 } })
      writeRecipe(study.recipe, manyTrials(trials))
      const { launcher, builder } = watchedLauncher()
      const samples: Sample[] = []
      await runStudy(launcher, {
        recipePath: study.recipe,
        workspaceFolder: study.workspace,
        outputFolder: undefined,
        onTrial: ({ state }) => {
          expect(state).toBe('completed')
          samples.push(look(builder()))
        }
      })
      expect(samples).toHaveLength(trials)
      const settled = samples.slice(warmUp)
      const growth = {
        engine: engineGrowth(samples),
        host: slope(settled.map(({ host }) => host)),
        hostHeap: slope(settled.map(({ hostHeap }) => hostHeap))
      }
      recordFigure('growth: trials', trials)
      for (const [name, megabytes] of Object.entries(growth)) {
        recordFigure(`growth: ${name}, MB per trial`, Number(megabytes.toFixed(4)))
      }
      for (const name of ['engine', 'host', 'hostHeap', 'engineHandles', 'hostHandles'] as const) {
        const values = samples.filter((_, index) => index % 20 === 19 || index === warmUp)
        recordFigure(`growth: ${name}`, values.map(({ [name]: value }) => value.toFixed(1)).join(', '))
      }
      const builders = new Set(samples.map(({ enginePid }) => enginePid)).size
      recordFigure('growth: engine processes that built', builders)
      // A process that starts anew too often has no slope to look at.
      expect(builders).toBe(Math.ceil(trials / trialsPerEngine))
      expect(growth.engine).toBeLessThan(mostGrowth.engine)
      expect(growth.host).toBeLessThan(mostGrowth.host)
      expect(growth.hostHeap).toBeLessThan(0.5)
      // Neither more open files at the end than after the warm-up; one more may be just closing.
      const [first, last] = [settled[0]!, settled.at(-1)!]
      expect(last.hostHandles).toBeLessThanOrEqual(first.hostHandles + 1)
      expect(last.engineHandles).toBeLessThanOrEqual(first.engineHandles + 1)
    },
    isFullTorture ? 3_600_000 : 120_000
  )
})
