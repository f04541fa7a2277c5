/** Recorded sound, decoded and mixed to one channel. */
export interface Audio {
  /**
   * [samples], mono. Integer formats lie in [-1, 1); float files are passed on unscaled, as every decoder does,
   * and may go beyond. Always finite.
   */
  readonly samples: Float32Array
  readonly sampleRateHz: number
  /** Channels of the source; more than one means that `samples` is their average. */
  readonly channelCount: number
  readonly durationSeconds: number
}
