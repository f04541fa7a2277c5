import captureWorklet from './capture-worklet?worker&url'

/** Mono sound as the microphone gave it. */
export interface Sound {
  readonly samples: Float32Array
  readonly sampleRateHz: number
}

export interface MicrophoneRecording {
  /** Ends the recording and gives the microphone back. */
  stop(): Sound
}

/** What is left at 48 kHz and 16 bits of the largest upload. */
export const longestRecordingSeconds = 300

/**
 * Records until it is stopped. The browser asks the user for permission, so call it on a click only.
 *
 * The sound is taken as it is: what a browser does for telephone calls (echo, noise, level) would not be done on the
 * device that the model is meant for.
 *
 * - `onLevel` the largest magnitude of the last twentieth of a second, 0 to 1, and the seconds so far.
 *
 * Throws the browser's DOMException when there is no microphone or the user refuses.
 */
export async function recordMicrophone(
  onLevel: (level: number, seconds: number) => void
): Promise<MicrophoneRecording> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false }
  })
  const context = new AudioContext()
  const release = () => {
    for (const track of stream.getTracks()) track.stop()
    void context.close()
  }
  try {
    await context.audioWorklet.addModule(captureWorklet)
    const node = new AudioWorkletNode(context, 'lathe-capture', { numberOfOutputs: 0 })
    const parts: Float32Array[] = []
    let length = 0
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (length / context.sampleRate >= longestRecordingSeconds) return
      parts.push(data)
      length += data.length
      onLevel(
        data.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
        length / context.sampleRate
      )
    }
    context.createMediaStreamSource(stream).connect(node)
    return {
      stop() {
        release()
        return { samples: join(parts, length), sampleRateHz: context.sampleRate }
      }
    }
  } catch (thrown) {
    release()
    throw thrown
  }
}

function join(parts: readonly Float32Array[], length: number): Float32Array {
  const samples = new Float32Array(length)
  let offset = 0
  for (const part of parts) {
    samples.set(part, offset)
    offset += part.length
  }
  return samples
}
