/**
 * A scalar that brings its own gradients, for what is better not differentiated node by node: the recursions of CTC
 * run in a Scan, and their gradient has a closed form in quantities that the forward pass has anyway.
 *
 * `differentiate` then does not look inside: a cotangent c of `value` reaches each `input` as c · `gradient`, and no
 * other way from `value`. So a carried loss may be weighted and added to others like any other value.
 */
export interface CarriedGradient {
  /** First output of its node, one element. */
  readonly value: string
  readonly gradients: readonly {
    /** A value of the graph that `value` is computed from. */
    readonly input: string
    /** The value that holds d(value)/d(input), of the shape of `input`. */
    readonly gradient: string
  }[]
}
