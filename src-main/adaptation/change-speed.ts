/** Zero crossings of the sinc on either side: a tone's error is below -42 dB up to 0.88 of the Nyquist frequency. */
const lobes = 16
/** Places of the kernel per zero crossing; between them it is interpolated linearly, to 1e-5 of its peak. */
const placesPerLobe = 512
const kernel = windowedSinc()

/**
 * The sound played `speed` times as fast: tempo and pitch change together, as a tape's would.
 *
 * y(k) = Σ_t x(t)·c·sinc(c·(k·speed − t))·hann((k·speed − t)·c / lobes), c = min(1, 1 / speed), so that nothing is folded
 * back from above the Nyquist frequency.
 *
 * - result [round(samples ÷ speed)]; `samples` itself at speed 1.
 *
 * For augmentation, where every recording is changed in every epoch. Where fidelity counts there is speech/audio/resample.ts,
 * which takes many times longer.
 *
 * Source: Ko et al., Audio Augmentation for Speech Recognition (2015); J. O. Smith, Digital Audio Resampling.
 */
export function changeSpeed(samples: Float32Array, speed: number): Float32Array {
  if (speed === 1) return samples
  const cutoff = Math.min(1, 1 / speed)
  const reach = lobes / cutoff
  const scale = cutoff * placesPerLobe
  const changed = new Float32Array(Math.round(samples.length / speed))
  for (let k = 0; k < changed.length; k++) {
    const centre = k * speed
    const last = Math.min(samples.length - 1, Math.floor(centre + reach))
    let sum = 0
    for (let t = Math.max(0, Math.ceil(centre - reach)); t <= last; t++) {
      const place = Math.abs(centre - t) * scale
      const below = Math.floor(place)
      const value = kernel[below]!
      sum += samples[t]! * (value + (place - below) * (kernel[below + 1]! - value))
    }
    changed[k] = sum * cutoff
  }
  return changed
}

/** sinc(x)·hann(x / lobes) for x from 0 to `lobes` and one place beyond. */
function windowedSinc(): Float64Array {
  return Float64Array.from({ length: lobes * placesPerLobe + 2 }, (_, place) => {
    const angle = (Math.PI * place) / placesPerLobe
    if (place === 0) return 1
    return place >= lobes * placesPerLobe
      ? 0
      : (Math.sin(angle) / angle) * (0.5 + 0.5 * Math.cos(angle / lobes))
  })
}
