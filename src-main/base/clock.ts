/** A monotonic clock. Passed in, so that pure rooms stay free of platform globals and tests can drive time. */
export interface Clock {
  /** Milliseconds since an arbitrary fixed moment; never decreases. */
  nowMilliseconds(): number
}
