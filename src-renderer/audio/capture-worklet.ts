/** Runs in the browser's audio thread: hands the sound of the microphone to the page, unchanged. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void

/** Blocks of 128 samples are gathered to about a twentieth of a second, so that the page is not woken 375 times a second. */
const gatheredSamples = 2048

class CaptureProcessor extends AudioWorkletProcessor {
  #gathered = new Float32Array(gatheredSamples)
  #count = 0

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    const [samples] = input ?? []
    if (samples !== undefined) {
      this.#gathered.set(samples, this.#count)
      this.#count += samples.length
      if (this.#count + samples.length > gatheredSamples) {
        this.port.postMessage(this.#gathered.slice(0, this.#count))
        this.#count = 0
      }
    }
    return true
  }
}

registerProcessor('lathe-capture', CaptureProcessor)
