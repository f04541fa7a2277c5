/** Recorded sound, decoded and mixed to one channel. */
export interface Audio {
  /**
   * [samples], mono. Integer formats lie in [-1, 1); float and lossy files are passed on unscaled, as every decoder
   * does, and may go beyond. Always finite.
   */
  readonly samples: Float32Array
  readonly sampleRateHz: number
  /** Channels of the source; more than one means that `samples` is their average. */
  readonly channelCount: number
  readonly durationSeconds: number
  /** Present when `samples` are not the recording's own but were computed for another rate. */
  readonly resampledFrom?: Resampling
}

/** How sound came to another sample rate; part of the conditions of a measurement. */
export interface Resampling {
  /** Of the recording itself. */
  readonly sampleRateHz: number
  /** Name, version and quality of what computed the new samples. */
  readonly resampler: string
}
