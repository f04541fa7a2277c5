/** Electron's inter-process communication in one process: messages are cloned and arrive later. */
import { EventEmitter } from 'node:events'

/** A page as the main process sees it. */
export class FakeContents extends EventEmitter {
  static #nextId = 1
  readonly id = FakeContents.#nextId++
  #isDestroyed = false

  constructor(readonly renderer: FakeRenderer) {
    super()
  }

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  send(channel: string, message: unknown): void {
    const copy: unknown = structuredClone(message)
    queueMicrotask(() => this.renderer.emit(channel, {}, copy))
  }

  destroy(): void {
    this.#isDestroyed = true
    this.emit('destroyed')
  }
}

export interface FakeFrame {
  readonly origin: string
  readonly parent: unknown
}

/** `ipcRenderer` of one page. */
export class FakeRenderer extends EventEmitter {
  readonly contents = new FakeContents(this)
  /** The frame that its messages seem to come from. */
  frame: FakeFrame | null = { origin: 'app://lathe', parent: null }

  constructor(readonly ipcMain: EventEmitter) {
    super()
  }

  send(channel: string, message: unknown): void {
    const copy: unknown = structuredClone(message)
    const event = { sender: this.contents, senderFrame: this.frame }
    queueMicrotask(() => this.ipcMain.emit(channel, event, copy))
  }
}
