/**
 * The discrete Fourier transform of a windowed frame as one matrix, so that the transform of many frames is one
 * matrix product.
 *
 * With the periodic Hann window w[t] = (1 - cos(2πt / N)) / 2, column k < N/2 + 1 holds w[t] · cos(2πkt / N) and
 * column N/2 + 1 + k holds -w[t] · sin(2πkt / N): frame · matrix = [real parts, imaginary parts].
 *
 * Returns [fftLength, 2 · (fftLength / 2 + 1)], row-major, float64. Angles are reduced modulo N before the cosine, so
 * every entry is within one rounding of exact.
 */
export function windowedDft(fftLength: number): Float64Array {
  const frequencies = Math.floor(fftLength / 2) + 1
  const matrix = new Float64Array(fftLength * 2 * frequencies)
  for (let t = 0; t < fftLength; t++) {
    const window = (1 - Math.cos((2 * Math.PI * t) / fftLength)) / 2
    for (let k = 0; k < frequencies; k++) {
      const angle = (2 * Math.PI * ((k * t) % fftLength)) / fftLength
      const row = t * 2 * frequencies
      matrix[row + k] = window * Math.cos(angle)
      matrix[row + frequencies + k] = -window * Math.sin(angle)
    }
  }
  return matrix
}
