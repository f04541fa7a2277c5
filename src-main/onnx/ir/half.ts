/** IEEE 754 binary16, ONNX's float16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. */

/** The value of a half, exactly. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The smallest magnitude that is stored with all eleven bits. */
const smallestNormal = 2 ** -14

/**
 * The nearest half of each value, ties to the even one. What lies beyond 65504 by half a step or more becomes infinite,
 * NaN stays NaN.
 */
export function toHalves(values: Float32Array): Uint16Array {
  const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length)
  return Uint16Array.from(patterns, (pattern, index) => {
    const sign = (pattern >>> 16) & 0x8000
    const magnitude = Math.abs(values[index]!)
    if (Number.isNaN(magnitude)) return sign | 0x7e00
    if (magnitude < smallestNormal) return sign | roundToEven(magnitude * 2 ** 24)
    if (magnitude >= 65520) return sign | 0x7c00
    // Rebias the exponent by 127 − 15, then drop 13 fraction bits; a carry runs into the exponent as it should.
    const rebiased = (pattern & 0x7fffffff) - (112 << 23)
    return sign | ((rebiased + 0xfff + ((rebiased >> 13) & 1)) >> 13)
  })
}

function roundToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}
