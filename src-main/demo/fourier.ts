/** The discrete Fourier transform of the demo's sound: filters of noise, and long convolutions. */
import { WorkbenchError } from '@contract/errors'

/** A complex sequence in two arrays of one length. */
export interface Spectrum {
  readonly real: Float64Array
  readonly imaginary: Float64Array
}

/** The smallest power of two that is at least `n`. */
export function powerOfTwoFrom(n: number): number {
  let power = 1
  while (power < n) power *= 2
  return power
}

/**
 * In place: X[k] = Σₙ x[n] · exp(-2πi·k·n / N), without a factor.
 *
 * - both arrays [N], N a power of two.
 *
 * @throws WorkbenchError `internal` when the length is no power of two.
 * Source: J. W. Cooley and J. W. Tukey, 1965; radix 2, decimation in time.
 */
export function fourierTransform({ real, imaginary }: Spectrum): void {
  const size = real.length
  if (powerOfTwoFrom(size) !== size || imaginary.length !== size) {
    throw new WorkbenchError(
      'internal',
      `A transform was asked for ${size} and ${imaginary.length} values, expected the same power of two twice.`
    )
  }
  reverseBits(real, imaginary)
  for (let width = 2; width <= size; width *= 2) {
    const half = width / 2
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / width
      const cosine = Math.cos(angle)
      const sine = Math.sin(angle)
      for (let even = k; even < size; even += width) {
        const odd = even + half
        const re = real[odd]! * cosine - imaginary[odd]! * sine
        const im = real[odd]! * sine + imaginary[odd]! * cosine
        real[odd] = real[even]! - re
        imaginary[odd] = imaginary[even]! - im
        real[even] = real[even]! + re
        imaginary[even] = imaginary[even]! + im
      }
    }
  }
}

/** In place: the inverse of `fourierTransform`, with the factor 1 / N. */
export function inverseFourierTransform({ real, imaginary }: Spectrum): void {
  // Swapping the parts conjugates input and output, up to the factor i that cancels.
  fourierTransform({ real: imaginary, imaginary: real })
  const scale = 1 / real.length
  for (let n = 0; n < real.length; n++) {
    real[n] = real[n]! * scale
    imaginary[n] = imaginary[n]! * scale
  }
}

function reverseBits(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length
  for (let n = 1, reversed = 0; n < size; n++) {
    let bit = size >> 1
    for (; (reversed & bit) !== 0; bit >>= 1) reversed ^= bit
    reversed ^= bit
    if (n >= reversed) continue
    const re = real[n]!
    const im = imaginary[n]!
    real[n] = real[reversed]!
    imaginary[n] = imaginary[reversed]!
    real[reversed] = re
    imaginary[reversed] = im
  }
}

/**
 * The linear convolution y[n] = Σₘ a[m] · b[n - m].
 *
 * - `a` [p], `b` [q], both at least one value; result [p + q - 1].
 */
export function convolve(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const length = a.length + b.length - 1
  const size = powerOfTwoFrom(length)
  const product: Spectrum = { real: new Float64Array(size), imaginary: new Float64Array(size) }
  // Both real sequences in one transform, as real and imaginary part; the square of the sum holds the product.
  product.real.set(a)
  product.imaginary.set(b)
  fourierTransform(product)
  const { real, imaginary } = squared(product)
  inverseFourierTransform({ real, imaginary })
  // (a + ib)² = a² - b² + 2i·ab under convolution.
  return imaginary.subarray(0, length).map((value) => value / 2)
}

function squared({ real, imaginary }: Spectrum): Spectrum {
  return {
    real: real.map((re, k) => re * re - imaginary[k]! * imaginary[k]!),
    imaginary: real.map((re, k) => 2 * re * imaginary[k]!)
  }
}
