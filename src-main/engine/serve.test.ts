import { describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { UtteranceRecord } from '@contract/trial'
import type { EngineMessage, HostMessage } from './protocol'
import { serveEngine, type JobContext, type Jobs } from './serve'

/** The host's end of a channel, which keeps what the engine sent. */
class TestChannel {
  readonly sent: EngineMessage[] = []
  #listener: (message: HostMessage) => void = () => undefined

  send(message: EngineMessage): void {
    this.sent.push(message)
  }

  onMessage(listener: (message: HostMessage) => void): void {
    this.#listener = listener
  }

  /** What the host says. */
  say(message: HostMessage): void {
    this.#listener(message)
  }

  describe(id: number, modelPath = 'model'): void {
    this.say({ kind: 'request', id, name: 'model.describe', params: { modelPath } })
  }

  /** Waits for the answer to a request. */
  answer(id: number): Promise<Extract<EngineMessage, { kind: 'result' | 'error' }>> {
    return vi.waitFor(() => {
      const found = this.sent.find((each) => each.kind !== 'ready' && each.id === id && isAnswer(each))
      if (found === undefined || !isAnswer(found)) throw new Error(`Request ${id} has no answer yet.`)
      return found
    })
  }
}

function isAnswer(message: EngineMessage): message is Extract<EngineMessage, { kind: 'result' | 'error' }> {
  return message.kind === 'result' || message.kind === 'error'
}

/** An engine whose only job is `model.describe`; what it returns is not looked at by anybody here. */
function serve(describeModel: (modelPath: string, context: JobContext) => Promise<unknown>): TestChannel {
  const channel = new TestChannel()
  const absent = () => Promise.reject(new WorkbenchError('internal', 'This test does not use the job.'))
  const jobs: Jobs = {
    'model.describe': ({ modelPath }, context) => describeModel(modelPath, context) as never,
    'model.recognize': absent,
    'model.identify': absent,
    'dataset.describe': absent,
    'dataset.peek': absent,
    'model.build': absent,
    'model.plan': absent,
    'model.spectra': absent,
    'weights.statistics': absent,
    'model.twins': absent,
    'machine.probe': absent,
    'model.evaluate': absent,
    'latency.compare': absent,
    'bench.conditions': absent,
    'bench.run': absent,
    'bench.stream': absent,
    'model.export': absent,
    'model.train': absent,
    'model.countTrainable': absent,
    'model.transcribe': absent,
    'dataset.cut': absent,
    'demo.speech': absent,
    'demo.model': absent
  }
  serveEngine(channel, jobs)
  return channel
}

describe('an engine', () => {
  it('says that it is ready, then answers requests one at a time in their order', async () => {
    const steps: string[] = []
    const channel = serve(async (modelPath, context) => {
      steps.push(`begin ${modelPath}`)
      await context.breathe()
      steps.push(`end ${modelPath}`)
      return modelPath
    })
    for (const [index, path] of ['a', 'b', 'c'].entries()) channel.describe(index + 1, path)
    await channel.answer(3)
    expect(channel.sent).toEqual([
      { kind: 'ready' },
      { kind: 'result', id: 1, result: 'a' },
      { kind: 'result', id: 2, result: 'b' },
      { kind: 'result', id: 3, result: 'c' }
    ])
    expect(steps).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c'])
  })

  it('answers a failed job with its code, details and cause, and goes on', async () => {
    const cause = new WorkbenchError('io', 'The disk is gone.')
    const channel = serve(async (modelPath) => {
      if (modelPath === 'bad')
        throw new WorkbenchError('numerical', 'It diverged.', { details: { n: 3 }, cause })
      return 'fine'
    })
    channel.describe(1, 'bad')
    channel.describe(2)
    expect(await channel.answer(1)).toMatchObject({
      error: { code: 'numerical', message: 'It diverged.', details: { n: 3 }, cause: { code: 'io' } }
    })
    expect(await channel.answer(2)).toMatchObject({ result: 'fine' })
  })

  it('calls a foreign error internal', async () => {
    const channel = serve(() => Promise.reject(new TypeError('x is undefined')))
    channel.describe(1)
    expect(await channel.answer(1)).toMatchObject({ error: { code: 'internal', message: 'x is undefined' } })
  })

  it('refuses a request that it does not know, and goes on', async () => {
    const channel = serve(() => Promise.resolve('fine'))
    channel.say({ kind: 'request', id: 1, name: 'model.explode', params: {} } as unknown as HostMessage)
    channel.describe(2)
    const refused = await channel.answer(1)
    expect(refused).toMatchObject({ error: { code: 'protocol' } })
    expect(JSON.stringify(refused)).toContain('model.explode')
    expect(await channel.answer(2)).toMatchObject({ result: 'fine' })
  })

  it.each(['model.plan', 'model.spectra', 'weights.statistics', 'model.twins', 'machine.probe'])(
    'knows %s',
    async (name) => {
      const channel = serve(() => Promise.resolve('fine'))
      channel.say({ kind: 'request', id: 1, name, params: {} } as unknown as HostMessage)
      // By the job itself, which the test leaves out.
      expect(await channel.answer(1)).toMatchObject({ error: { code: 'internal' } })
    }
  )

  it('hands records over at once, and all of them', async () => {
    const record = (utteranceId: string) => ({ utteranceId }) as UtteranceRecord
    const channel = serve(async (_, context) => {
      for (const each of ['a', 'b', 'c']) context.records([record(each)])
      return 'fine'
    })
    channel.describe(1)
    await channel.answer(1)
    expect(channel.sent.slice(1, -1)).toEqual(
      ['a', 'b', 'c'].map((each) => ({ kind: 'records', id: 1, records: [{ utteranceId: each }] }))
    )
  })
})

describe('a cancel', () => {
  /** A job that ends only when it is told to stop. */
  async function untilAborted(context: JobContext): Promise<never> {
    while (!context.signal.aborted) await context.breathe()
    throw new WorkbenchError('cancelled', 'Stopped.')
  }

  it('reaches a job between its steps', async () => {
    const channel = serve((_, context) => untilAborted(context))
    channel.describe(1)
    channel.say({ kind: 'cancel', id: 1 })
    expect(await channel.answer(1)).toMatchObject({ error: { code: 'cancelled' } })
  })

  it('that comes before the job starts is waiting for it', async () => {
    const seen: boolean[] = []
    const channel = serve(async (_, context) => {
      seen.push(context.signal.aborted)
      return context.signal.aborted || seen.length > 1 ? 'over' : untilAborted(context)
    })
    channel.describe(1)
    channel.describe(2)
    channel.say({ kind: 'cancel', id: 2 })
    channel.say({ kind: 'cancel', id: 1 })
    await channel.answer(2)
    expect(seen.at(-1)).toBe(true)
  })

  it('concerns one request only', async () => {
    const channel = serve(async (modelPath, context) =>
      modelPath === 'stopped' ? untilAborted(context) : context.signal.aborted
    )
    channel.describe(1, 'stopped')
    channel.describe(2, 'other')
    channel.say({ kind: 'cancel', id: 1 })
    expect(await channel.answer(1)).toMatchObject({ error: { code: 'cancelled' } })
    expect(await channel.answer(2)).toMatchObject({ result: false })
  })
})

describe('progress', () => {
  const stepsOf = (channel: TestChannel) =>
    channel.sent.flatMap((each) =>
      each.kind === 'progress' ? [`${each.progress.stage} ${each.progress.completed}`] : []
    )

  /** Runs a job that reports `steps` [stage, completed] of 10, each after a pause in milliseconds. */
  async function report(steps: readonly (readonly [string, number, number])[]): Promise<string[]> {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const channel = serve(async (_, context) => {
        for (const [stage, completed, pause] of steps) {
          vi.advanceTimersByTime(pause)
          context.progress({ stage, completed, total: 10, unit: 'steps' })
        }
        return 'fine'
      })
      channel.describe(1)
      await channel.answer(1)
      return stepsOf(channel)
    } finally {
      vi.useRealTimers()
    }
  }

  it('that comes faster than a display can use it is dropped, except a stage’s first and last', async () => {
    const steps = Array.from({ length: 10 }, (_, index) => ['read', index + 1, 1] as const)
    expect(await report(steps)).toEqual(['read 1', 'read 10'])
  })

  it('of a new stage is sent at once', async () => {
    expect(
      await report([
        ['read', 1, 0],
        ['write', 1, 0],
        ['write', 2, 0],
        ['read', 3, 0]
      ])
    ).toEqual(['read 1', 'write 1', 'read 3'])
  })

  it('is sent every 80 ms', async () => {
    const steps = Array.from({ length: 9 }, (_, index) => ['read', index + 1, 30] as const)
    expect(await report(steps)).toEqual(['read 1', 'read 4', 'read 7'])
  })
})
