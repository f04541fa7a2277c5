/** The outline of a sound: lowest and highest sample of each of `count` equal stretches, [2 · count], interleaved. */
export function wavePeaks(samples: Float32Array, count: number): Float32Array {
  const peaks = new Float32Array(2 * count)
  for (let k = 0; k < count; k++) {
    const begin = Math.floor((k * samples.length) / count)
    // At least one sample, so that a sound shorter than the drawing is wide has no holes.
    const end = Math.max(begin + 1, Math.floor(((k + 1) * samples.length) / count))
    let lowest = Infinity
    let highest = -Infinity
    for (let t = begin; t < end && t < samples.length; t++) {
      lowest = Math.min(lowest, samples[t]!)
      highest = Math.max(highest, samples[t]!)
    }
    if (lowest > highest) continue
    peaks[2 * k] = lowest
    peaks[2 * k + 1] = highest
  }
  return peaks
}
