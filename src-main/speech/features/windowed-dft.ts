export interface FrameDftOptions {
  /** The window, as long as a frame. */
  readonly window: Float64Array
  /** Even, at least a frame: a shorter frame counts as followed by zeros. */
  readonly fftLength: number
}

/**
 * The discrete Fourier transform of a windowed frame as one matrix, so that the transform of many frames is one
 * matrix product.
 *
 * With K = fftLength / 2 + 1, column k < K holds w[t] · cos(2πkt / fftLength) and column K + k holds
 * -w[t] · sin(2πkt / fftLength): frame · matrix = [real parts, imaginary parts].
 *
 * Returns [window.length, 2·K], row-major, float64. Angles are reduced modulo fftLength before the cosine, so every entry
 * is within one rounding of exact.
 */
export function frameDft({ window, fftLength }: FrameDftOptions): Float64Array {
  const frequencies = Math.floor(fftLength / 2) + 1
  const matrix = new Float64Array(window.length * 2 * frequencies)
  window.forEach((weight, t) => {
    const row = t * 2 * frequencies
    for (let k = 0; k < frequencies; k++) {
      const angle = (2 * Math.PI * ((k * t) % fftLength)) / fftLength
      matrix[row + k] = weight * Math.cos(angle)
      matrix[row + frequencies + k] = -weight * Math.sin(angle)
    }
  })
  return matrix
}

/** Hann's window over `period` samples, (1 - cos(2πt / period)) / 2, of the given length. */
export function hannWindow(length: number, period: number): Float64Array {
  return Float64Array.from({ length }, (_, t) => (1 - Math.cos((2 * Math.PI * t) / period)) / 2)
}
