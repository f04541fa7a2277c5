/** A function that computes its value when it is first called, and then keeps it. A failure is not kept. */
export function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined
  return () => (known ??= { value: compute() }).value
}
