import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { EngineClient } from '../../engine/client'
import { createUtilityProcessLauncher } from './launcher-utility-process'

/** As much of Electron's utility process as the launcher touches. */
class FakeChild extends EventEmitter {
  readonly stderr = Object.assign(new EventEmitter(), { setEncoding: () => undefined })
  readonly received: { readonly id: number; readonly kind: string }[] = []
  isKilled = false

  postMessage(message: { id: number; kind: string }): void {
    this.received.push(structuredClone(message))
  }

  kill(): void {
    this.isKilled = true
  }
}

const fork = vi.hoisted(() => vi.fn())
vi.mock('electron', () => ({ utilityProcess: { fork } }))

const options = { env: { SIZE: '1' }, execArgv: ['--flag'] }

let child: FakeChild
let client: EngineClient

beforeEach(() => {
  child = new FakeChild()
  fork.mockReset().mockReturnValue(child)
  client = new EngineClient(createUtilityProcessLauncher('/main/engine.js', options))
})

const ask = () => client.request('model.describe', { modelPath: 'model' })

describe('an engine in a utility process', () => {
  it('runs the engine’s entry and answers the client', async () => {
    const answer = ask()
    expect(fork.mock.calls[0]).toMatchObject([
      '/main/engine.js',
      [],
      { serviceName: 'Lathe engine', ...options }
    ])
    expect(child.received).toMatchObject([{ kind: 'request', name: 'model.describe' }])
    child.emit('message', { kind: 'result', id: child.received[0]!.id, result: { path: 'model' } })
    expect(await answer).toEqual({ path: 'model' })
  })

  it('that dies ends what was under way, with its code and last words', async () => {
    const answer = ask()
    child.stderr.emit('data', 'at line 1\nout of memory\n')
    child.emit('exit', 134)
    await expect(answer).rejects.toMatchObject({
      code: 'crashed',
      message:
        'The engine process ended with code 134; what was finished is kept. Its last words: out of memory'
    })
  })

  it('refuses messages once it is gone', () => {
    const process = createUtilityProcessLauncher('/main/engine.js', options).launch()
    child.emit('exit', 0)
    expect(() => {
      process.send({ kind: 'cancel', id: 1 })
    }).toThrow(expect.objectContaining({ code: 'crashed' }))
    expect(child.received).toEqual([])
  })

  it('is killed when its client closes', () => {
    ask().catch(() => undefined)
    client.close()
    expect(child.isKilled).toBe(true)
  })
})
