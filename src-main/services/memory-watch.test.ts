import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EngineClient } from '../engine/client'
import type { EngineExit, EngineProcess } from '../engine/launcher'
import type { EngineMessage } from '../engine/protocol'
import type { MachineMemory } from '../workspace/machine-resources'
import { memoryFloorBytes, watchMemory } from './memory-watch'

/** Engines that hold what the test says and answer when it says so. */
class FakeEngine implements EngineProcess {
  isKilled = false
  residentBytes = 100e6
  readonly processId: number
  readonly #exits: ((exit: EngineExit) => void)[] = []
  #onMessage: (message: EngineMessage) => void = () => undefined

  constructor(processId: number) {
    this.processId = processId
  }

  send(): void {}

  onMessage(listener: (message: EngineMessage) => void): void {
    this.#onMessage = listener
  }

  onExit(listener: (exit: EngineExit) => void): void {
    this.#exits.push(listener)
  }

  kill(): void {
    this.isKilled = true
  }

  answer(id: number): void {
    this.#onMessage({ kind: 'result', id, result: 'done' })
  }

  exit(): void {
    for (const listener of this.#exits) listener({ code: null, signal: 'SIGKILL', lastWords: '' })
  }
}

let engines: FakeEngine[]
let memory: MachineMemory
let looks: number

beforeEach(() => {
  vi.useFakeTimers()
  engines = []
  memory = { availableBytes: 8e9, totalBytes: 16e9 }
  looks = 0
})
afterEach(() => {
  vi.useRealTimers()
})

function watch() {
  return watchMemory(
    {
      launch() {
        const engine = new FakeEngine(engines.length + 1)
        engines.push(engine)
        return engine
      }
    },
    {
      machine: {
        memory: () => memory,
        usageOf(processId) {
          looks++
          const residentBytes = engines[processId - 1]?.residentBytes ?? 1
          return { residentBytes, processorSeconds: 0 }
        }
      },
      intervalMilliseconds: 10
    }
  )
}

/** A client with a request under way; `outcome` is its error, or what it was answered. */
function ask(launcher: ReturnType<ReturnType<typeof watch>['launcher']>) {
  const client = new EngineClient(launcher)
  const outcome = client.request('model.describe', { modelPath: 'model' }).catch((thrown: unknown) => thrown)
  return { client, outcome, engine: engines.at(-1)! }
}

describe('an engine over its limit', () => {
  it('is ended, and what it was asked fails with the figures', async () => {
    const { engine, outcome } = ask(watch().launcher(2e9))
    engine.residentBytes = 2e9
    vi.advanceTimersByTime(20)
    expect(engine.isKilled).toBe(false)
    engine.residentBytes = 2.5e9
    vi.advanceTimersByTime(20)
    expect(engine.isKilled).toBe(true)
    engine.exit()
    expect(await outcome).toMatchObject({
      code: 'resources',
      message: expect.stringMatching(
        /held 2\.50 GB of memory, over the limit of 2\.00 GB, and was stopped/
      ) as string,
      details: { residentBytes: 2.5e9, limitBytes: 2e9 }
    })
  })

  it('is let alone where there is no limit', () => {
    const { engine } = ask(watch().launcher())
    engine.residentBytes = 7e9
    vi.advanceTimersByTime(20)
    expect(engine.isKilled).toBe(false)
  })

  it('is refused where the system does not tell', () => {
    const machine = { memory: () => memory, usageOf: () => undefined }
    const watched = watchMemory({ launch: () => new FakeEngine(1) }, { machine })
    expect(() => watched.launcher(1e9)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })
})

describe('a machine that runs short of memory', () => {
  it('costs the engine its request that holds most of it, with the figures, and only that one', async () => {
    const launcher = watch().launcher()
    const [small, large] = [ask(launcher), ask(launcher)]
    small.engine.residentBytes = 1e9
    large.engine.residentBytes = 6e9
    memory = { availableBytes: 0.7e9, totalBytes: 16e9 }
    vi.advanceTimersByTime(50)
    expect([small.engine.isKilled, large.engine.isKilled]).toEqual([false, true])
    memory = { availableBytes: 6e9, totalBytes: 16e9 }
    large.engine.exit()
    vi.advanceTimersByTime(50)
    expect(small.engine.isKilled).toBe(false)
    expect(await large.outcome).toMatchObject({
      code: 'resources',
      message: expect.stringMatching(
        /had 700\.0 MB of its 16\.00 GB of memory left, less than 800\.0 MB.* held 6\.00 GB .*before the machine swaps/
      ) as string
    })
  })

  it('first costs an engine that is asked nothing, which nobody notices', async () => {
    const launcher = watch().launcher()
    const [idle, busy] = [ask(launcher), ask(launcher)]
    idle.engine.answer(1)
    expect(await idle.outcome).toBe('done')
    idle.engine.residentBytes = 1e9
    busy.engine.residentBytes = 6e9
    memory = { availableBytes: 0.7e9, totalBytes: 16e9 }
    vi.advanceTimersByTime(10)
    expect([idle.engine.isKilled, busy.engine.isKilled]).toEqual([true, false])
    idle.engine.exit()
    const again = idle.client.request('model.describe', { modelPath: 'model' })
    expect(engines).toHaveLength(3)
    engines[2]!.answer(2)
    expect(await again).toBe('done')
  })

  it('costs no engine that holds less than is missing: others have taken the memory', () => {
    const { engine } = ask(watch().launcher())
    engine.residentBytes = 0.5e9
    memory = { availableBytes: 0.1e9, totalBytes: 16e9 }
    vi.advanceTimersByTime(50)
    expect(engine.isKilled).toBe(false)
  })

  it('has run short below 5 % of its memory, and below 300 MB', () => {
    expect([2e9, 6e9, 32e9].map(memoryFloorBytes)).toEqual([300e6, 300e6, 1.6e9])
  })
})

it('looks only while an engine runs', () => {
  const { engine } = ask(watch().launcher())
  vi.advanceTimersByTime(100)
  expect(looks).toBe(10)
  engine.exit()
  vi.advanceTimersByTime(100)
  expect(looks).toBe(10)
})
