/** Writing the simplest WAV there is, so that tests need no recordings. */

const headerBytes = 44
const bytesPerSample = 2

/** A mono 16-bit PCM WAV file. `samples` within [-1, 1]; what is outside is cut. */
export function encodeWav(samples: Float32Array, sampleRateHz: number): Uint8Array {
  const dataBytes = samples.length * bytesPerSample
  const bytes = new Uint8Array(headerBytes + dataBytes)
  const view = new DataView(bytes.buffer)
  const text = (offset: number, letters: string) => bytes.set(new TextEncoder().encode(letters), offset)
  text(0, 'RIFF')
  view.setUint32(4, headerBytes - 8 + dataBytes, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, sampleRateHz, true)
  view.setUint32(28, sampleRateHz * bytesPerSample, true)
  view.setUint16(32, bytesPerSample, true)
  view.setUint16(34, bytesPerSample * 8, true)
  text(36, 'data')
  view.setUint32(40, dataBytes, true)
  samples.forEach((sample, t) => {
    const limited = Math.max(-1, Math.min(1, sample))
    view.setInt16(headerBytes + t * bytesPerSample, Math.round(limited * 32767), true)
  })
  return bytes
}
