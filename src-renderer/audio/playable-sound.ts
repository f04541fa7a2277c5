/** A sound file that can be played and drawn. */
export interface PlayableSound {
  readonly blob: Blob
  /** Mono, at whatever rate the browser decodes; for drawing only. */
  readonly samples: Float32Array
  readonly durationSeconds: number
}

/** Rate for drawing: a waveform is some hundred pixels wide, and every peak of speech still shows. */
const drawnRateHz = 8000

/** Decodes with the browser's own decoders. Throws a DOMException for what is no sound that the browser knows. */
export async function playableSound(blob: Blob): Promise<PlayableSound> {
  const context = new OfflineAudioContext(1, 1, drawnRateHz)
  const decoded = await context.decodeAudioData(await blob.arrayBuffer())
  return { blob, samples: decoded.getChannelData(0), durationSeconds: decoded.duration }
}
