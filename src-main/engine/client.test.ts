import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkbenchError, toErrorWire } from '@contract/errors'
import type { Progress } from '@contract/progress'
import type { UtteranceRecord } from '@contract/trial'
import { EngineClient } from './client'
import type { EngineExit, EngineLauncher, EngineProcess } from './launcher'
import type { EngineMessage, HostMessage } from './protocol'

/** A process that does what the test tells it, behind messages that are cloned as between processes. */
class FakeProcess implements EngineProcess {
  readonly received: HostMessage[] = []
  isKilled = false
  /** From the moment a process is dead until its exit is reported, sending to it fails. */
  isUnreachable = false
  #onMessage: (message: EngineMessage) => void = () => undefined
  #onExit: (exit: EngineExit) => void = () => undefined

  send(message: HostMessage): void {
    if (this.isUnreachable) throw new WorkbenchError('crashed', 'The engine process is gone.')
    this.received.push(structuredClone(message))
  }

  onMessage(listener: (message: EngineMessage) => void): void {
    this.#onMessage = listener
  }

  onExit(listener: (exit: EngineExit) => void): void {
    this.#onExit = listener
  }

  kill(): void {
    this.isKilled = true
  }

  /** What the engine says. */
  say(message: EngineMessage): void {
    this.#onMessage(structuredClone(message))
  }

  exit(exit: Partial<EngineExit> = {}): void {
    this.#onExit({ code: null, signal: 'SIGKILL', lastWords: '', ...exit })
  }

  /** The id of the request number `index`. */
  requestId(index = 0): number {
    const request = this.received.filter(({ kind }) => kind === 'request')[index]
    if (request === undefined) throw new Error(`The engine got no request ${index}.`)
    return request.id
  }
}

class FakeLauncher implements EngineLauncher {
  readonly launched: FakeProcess[] = []

  launch(): FakeProcess {
    const process = new FakeProcess()
    this.launched.push(process)
    return process
  }

  get latest(): FakeProcess {
    const process = this.launched.at(-1)
    if (process === undefined) throw new Error('No engine was started.')
    return process
  }
}

const dataset = { datasetHash: 'h', audioHashes: ['a'], utterances: 2, speakers: 1 }

let launcher: FakeLauncher
let client: EngineClient

beforeEach(() => {
  launcher = new FakeLauncher()
  client = new EngineClient(launcher)
})

const ask = (options?: Parameters<EngineClient['request']>[2]) =>
  client.request('dataset.describe', { datasetPath: 'eval.jsonl' }, options)

describe('an asker who cannot take what was computed', () => {
  it('gets its own error as the end of the request, and the engine is not left to compute in vain', async () => {
    const full = new WorkbenchError('io', 'Could not use the records: the disk is full.')
    const answer = ask({
      onRecords: () => {
        throw full
      }
    })
    const first = launcher.latest
    const id = first.requestId()
    expect(() => first.say({ kind: 'records', id, records: [] })).not.toThrow()
    await expect(answer).rejects.toBe(full)
    expect(first.isKilled).toBe(true)
    // Nothing that is still on its way does harm, and the next request gets a process of its own.
    first.say({ kind: 'records', id, records: [] })
    first.exit()
    const next = ask()
    expect(launcher.latest).not.toBe(first)
    launcher.latest.say({ kind: 'result', id: launcher.latest.requestId(), result: dataset })
    expect(await next).toEqual(dataset)
  })
})

describe('a request', () => {
  it('starts an engine, and only the first one does', async () => {
    expect(launcher.launched).toHaveLength(0)
    const answers = [ask(), ask()]
    const { latest } = launcher
    expect(launcher.launched).toHaveLength(1)
    expect(latest.received.map(({ kind }) => kind)).toEqual(['request', 'request'])
    expect(latest.received[0]).toMatchObject({
      name: 'dataset.describe',
      params: { datasetPath: 'eval.jsonl' }
    })
    latest.say({ kind: 'ready' })
    for (const index of [0, 1]) latest.say({ kind: 'result', id: latest.requestId(index), result: dataset })
    expect(await Promise.all(answers)).toEqual([dataset, dataset])
  })

  it('gets its own answer, in whatever order answers come', async () => {
    const [first, second] = [ask(), ask()]
    const { latest } = launcher
    latest.say({ kind: 'result', id: latest.requestId(1), result: { ...dataset, utterances: 22 } })
    latest.say({ kind: 'result', id: latest.requestId(0), result: { ...dataset, utterances: 11 } })
    expect(await first).toMatchObject({ utterances: 11 })
    expect(await second).toMatchObject({ utterances: 22 })
  })

  it('ends in the engine’s error with code, message, details and cause', async () => {
    const answer = ask()
    const { latest } = launcher
    const thrown = new WorkbenchError('invalid-input', 'Line 3 is wrong.', {
      details: { line: 3 },
      cause: new WorkbenchError('io', 'It was cut.')
    })
    latest.say({ kind: 'error', id: latest.requestId(), error: toErrorWire(thrown) })
    const error: unknown = await answer.catch((each: unknown) => each)
    expect(error).toBeInstanceOf(WorkbenchError)
    expect(error).toMatchObject({
      code: 'invalid-input',
      message: 'Line 3 is wrong.',
      details: { line: 3 },
      cause: { code: 'io', message: 'It was cut.' }
    })
  })

  it('gets the progress and records that are its own, and none of another', async () => {
    const seen: string[] = []
    const follow = (name: string) => ({
      onProgress: ({ stage }: Progress) => seen.push(`${name} progress ${stage}`),
      onRecords: (records: readonly UtteranceRecord[]) =>
        seen.push(`${name} records ${records.map(({ utteranceId }) => utteranceId).join()}`)
    })
    const answers = [ask(follow('first')), ask(follow('second'))]
    const { latest } = launcher
    const progress = (stage: string) => ({ stage, completed: 1, total: 2, unit: 'utterances' })
    const records = ['u1', 'u2'].map((utteranceId) => ({ utteranceId }) as UtteranceRecord)
    latest.say({ kind: 'progress', id: latest.requestId(1), progress: progress('read') })
    latest.say({ kind: 'records', id: latest.requestId(0), records })
    latest.say({ kind: 'progress', id: latest.requestId(0), progress: progress('score') })
    expect(seen).toEqual(['second progress read', 'first records u1,u2', 'first progress score'])
    for (const index of [0, 1]) latest.say({ kind: 'result', id: latest.requestId(index), result: dataset })
    await Promise.all(answers)
    // What comes after the answer belongs to nobody.
    latest.say({ kind: 'progress', id: latest.requestId(0), progress: progress('late') })
    latest.say({ kind: 'result', id: latest.requestId(0), result: dataset })
    expect(seen).toHaveLength(3)
  })
})

describe('cancelling', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('before the request starts no engine', async () => {
    await expect(ask({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
    expect(launcher.launched).toHaveLength(0)
  })

  it('asks the engine to stop, and leaves it alive when it does', async () => {
    const stop = new AbortController()
    const answer = ask({ signal: stop.signal })
    const { latest } = launcher
    stop.abort()
    expect(latest.received.at(-1)).toEqual({ kind: 'cancel', id: latest.requestId() })
    latest.say({ kind: 'error', id: latest.requestId(), error: { code: 'cancelled', message: 'Stopped.' } })
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
    await vi.runAllTimersAsync()
    expect(latest.isKilled).toBe(false)
  })

  it('kills an engine that does not listen, early enough to be over within 2 s', async () => {
    const stop = new AbortController()
    const answer = ask({ signal: stop.signal })
    const { latest } = launcher
    stop.abort()
    await vi.advanceTimersByTimeAsync(1000)
    expect(latest.isKilled).toBe(false)
    await vi.advanceTimersByTimeAsync(500)
    expect(latest.isKilled).toBe(true)
    latest.exit()
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('takes a result that was on its way, and kills nothing', async () => {
    const stop = new AbortController()
    const answer = ask({ signal: stop.signal })
    const { latest } = launcher
    stop.abort()
    latest.say({ kind: 'result', id: latest.requestId(), result: dataset })
    expect(await answer).toEqual(dataset)
    await vi.runAllTimersAsync()
    expect(latest.isKilled).toBe(false)
  })

  it('after the answer says nothing to the engine', async () => {
    const stop = new AbortController()
    const answer = ask({ signal: stop.signal })
    const { latest } = launcher
    latest.say({ kind: 'result', id: latest.requestId(), result: dataset })
    await answer
    stop.abort()
    await vi.runAllTimersAsync()
    expect(latest.received).toHaveLength(1)
    expect(latest.isKilled).toBe(false)
  })

  it('while the engine has died unnoticed throws nothing and ends as cancelled, once the death is known', async () => {
    const stop = new AbortController()
    // Called by hand: what a listener of a signal throws is nobody's to catch and would end the host.
    const listeners: unknown[] = []
    vi.spyOn(stop.signal, 'addEventListener').mockImplementation((_, listener: unknown) => {
      listeners.push(listener)
    })
    const answer = ask({ signal: stop.signal })
    const { latest } = launcher
    latest.isUnreachable = true
    stop.abort()
    for (const listener of listeners) expect(listener).not.toThrow()
    latest.exit()
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('an engine that dies', () => {
  it.each<[string, Partial<EngineExit>, RegExp]>([
    ['by a signal', { signal: 'SIGKILL' }, /by SIGKILL/],
    ['with a code', { code: 139, signal: null }, /with code 139/],
    [
      'with last words',
      { code: 1, signal: null, lastWords: 'at line 1\nout of memory\n' },
      /Its last words: out of memory$/
    ]
  ])('%s ends what was under way as crashed and says how', async (_, exit, expected) => {
    const answers = [ask(), ask()]
    launcher.latest.exit(exit)
    for (const answer of answers) {
      await expect(answer).rejects.toMatchObject({
        code: 'crashed',
        message: expect.stringMatching(expected) as string
      })
    }
  })

  it('is replaced at the next request', async () => {
    const lost = ask()
    launcher.latest.exit()
    await expect(lost).rejects.toMatchObject({ code: 'crashed' })
    const answer = ask()
    expect(launcher.launched).toHaveLength(2)
    launcher.latest.say({ kind: 'result', id: launcher.latest.requestId(), result: dataset })
    expect(await answer).toEqual(dataset)
  })

  it('while nothing was under way harms nobody', async () => {
    const first = ask()
    launcher.latest.say({ kind: 'result', id: launcher.latest.requestId(), result: dataset })
    await first
    launcher.latest.exit()
    const second = ask()
    expect(launcher.launched).toHaveLength(2)
    launcher.latest.say({ kind: 'result', id: launcher.latest.requestId(), result: dataset })
    expect(await second).toEqual(dataset)
  })
})

describe('closing', () => {
  it('ends the engine; what was under way is crashed', async () => {
    const answer = ask()
    client.close()
    expect(launcher.latest.isKilled).toBe(true)
    launcher.latest.exit()
    await expect(answer).rejects.toMatchObject({ code: 'crashed' })
  })

  it('before the first request does nothing', () => {
    client.close()
    expect(launcher.launched).toHaveLength(0)
  })

  it('is no farewell: a later request starts a new engine, which the old one’s exit does not touch', async () => {
    const lost = ask()
    const [old] = launcher.launched
    client.close()
    const answer = ask()
    expect(launcher.launched).toHaveLength(2)
    old?.exit()
    await expect(lost).rejects.toMatchObject({ code: 'crashed' })
    launcher.latest.say({ kind: 'result', id: launcher.latest.requestId(), result: dataset })
    expect(await answer).toEqual(dataset)
  })
})
