/** √(a² + b²) to a rounding error or two; several times faster than Math.hypot unless a square leaves the range. */
export function hypotenuse(a: number, b: number): number {
  const squares = a * a + b * b
  return squares > 1e-280 && squares < 1e280 ? Math.sqrt(squares) : Math.hypot(a, b)
}
