import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { toErrorWire, WorkbenchError } from '@contract/errors'
import type { EngineExit, EngineLauncher } from '../engine/launcher'
import type { EngineMessage, HostMessage } from '../engine/protocol'
import { createInteractiveEngine } from './interactive-engine'

/** Engines that answer when the test says so. */
class FakeEngines implements EngineLauncher {
  readonly launched: { isKilled: boolean; exit(): void }[] = []
  /** Paths of the models that were asked about, in order. */
  readonly asked: string[] = []
  #last: { id: number; say: (message: EngineMessage) => void } | undefined

  launch(): ReturnType<EngineLauncher['launch']> {
    let say: (message: EngineMessage) => void = () => undefined
    let tellExit: (exit: EngineExit) => void = () => undefined
    const state = {
      isKilled: false,
      exit: () => tellExit({ code: null, signal: 'SIGSEGV', lastWords: '' })
    }
    this.launched.push(state)
    return {
      send: (message: HostMessage) => {
        if (message.kind !== 'request' || message.name !== 'model.describe') return
        this.asked.push(message.params.modelPath)
        this.#last = { id: message.id, say }
      },
      onMessage: (listener) => {
        say = listener
      },
      onExit: (listener) => {
        tellExit = listener
      },
      kill: () => {
        state.isKilled = true
        state.exit()
      }
    }
  }

  /** Answers the question in hand. */
  answer(result: unknown): void {
    const { id, say } = this.#last!
    say({ kind: 'result', id, result })
  }

  fail(): void {
    const { id, say } = this.#last!
    say({ kind: 'error', id, error: toErrorWire(new WorkbenchError('numerical', 'It is singular.')) })
  }
}

let engines: FakeEngines
const turn = async () => {
  for (let count = 0; count < 5; count++) await Promise.resolve()
}
const ask = (engine: ReturnType<typeof createInteractiveEngine>, modelPath: string, topic?: string) => {
  const outcome = engine.ask('model.describe', { modelPath }, topic === undefined ? {} : { topic })
  outcome.catch(() => undefined)
  return outcome
}

beforeEach(() => {
  engines = new FakeEngines()
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('an interactive engine', () => {
  it('starts at the first question and answers all with one process, in order', async () => {
    const engine = createInteractiveEngine(engines)
    expect(engines.launched).toHaveLength(0)
    const [first, second] = [ask(engine, 'a'), ask(engine, 'b')]
    await turn()
    // The second waits here, not in the process: there it could not be taken back.
    expect(engines.asked).toEqual(['a'])
    engines.answer('of a')
    expect(await first).toBe('of a')
    await turn()
    engines.answer('of b')
    expect(await second).toBe('of b')
    expect(engines.launched).toHaveLength(1)
  })

  it('lets a newer question of the same topic take the place of one that waits, not of one under way', async () => {
    const engine = createInteractiveEngine(engines)
    const [running, older, other, newer] = [
      ask(engine, 'running', 'plan'),
      ask(engine, 'older', 'plan'),
      ask(engine, 'other', 'spectra'),
      ask(engine, 'newer', 'plan')
    ]
    await expect(older).rejects.toMatchObject({ code: 'cancelled' })
    for (const outcome of [running, other, newer]) {
      await turn()
      engines.answer('fine')
      expect(await outcome).toBe('fine')
    }
    expect(engines.asked).toEqual(['running', 'other', 'newer'])
  })

  it('passes errors on, and answers the next question', async () => {
    const engine = createInteractiveEngine(engines)
    const [first, second] = [ask(engine, 'a'), ask(engine, 'b')]
    await turn()
    engines.fail()
    await expect(first).rejects.toMatchObject({ code: 'numerical' })
    await turn()
    engines.answer('fine')
    expect(await second).toBe('fine')
  })

  it('starts anew after a crash, which ends only the question under way', async () => {
    const engine = createInteractiveEngine(engines)
    const [first, second] = [ask(engine, 'a'), ask(engine, 'b')]
    await turn()
    engines.launched[0]!.exit()
    await expect(first).rejects.toMatchObject({ code: 'crashed' })
    await turn()
    engines.answer('fine')
    expect(await second).toBe('fine')
    expect(engines.launched).toHaveLength(2)
  })

  it('gives the memory back when nothing was asked for a while, and only then', async () => {
    const engine = createInteractiveEngine(engines, { idleMilliseconds: 1000 })
    const outcome = ask(engine, 'a')
    await turn()
    vi.advanceTimersByTime(5000)
    expect(engines.launched[0]!.isKilled).toBe(false)
    engines.answer('fine')
    await outcome
    await turn()
    vi.advanceTimersByTime(999)
    expect(engines.launched[0]!.isKilled).toBe(false)
    vi.advanceTimersByTime(1)
    expect(engines.launched[0]!.isKilled).toBe(true)
    const again = ask(engine, 'b')
    await turn()
    engines.answer('again')
    expect(await again).toBe('again')
    expect(engines.launched).toHaveLength(2)
  })

  it('ends everything when it is closed', async () => {
    const engine = createInteractiveEngine(engines)
    const [running, waiting] = [ask(engine, 'a'), ask(engine, 'b')]
    await turn()
    engine.close()
    engine.close()
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    expect(engines.launched[0]!.isKilled).toBe(true)
    await expect(ask(engine, 'c')).rejects.toMatchObject({ code: 'cancelled' })
  })
})
