/**
 * Just enough of a WebAssembly assembler to write the few loops that decide how long a decomposition takes with two
 * float64 lanes and fused multiply-add, which JavaScript has neither of.
 *
 * Instructions are trees of nested calls, so that operands stand where a formula has them; only the instructions in use
 * are here. Source: WebAssembly Core Specification 3.0, chapter 5 (binary format), with relaxed SIMD.
 */

/** Encoded instructions. */
export type Code = readonly number[]

/** A value type: 32-bit address or count, float64, or two float64 lanes. */
export const valueTypes = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const
export type ValueType = keyof typeof valueTypes

/** A function: `body` is given the index of each parameter and local by name, as `get` and `set` take them. */
export interface FunctionSpec {
  readonly parameters: Readonly<Record<string, ValueType>>
  readonly locals: Readonly<Record<string, ValueType>>
  readonly body: (at: (name: string) => number) => Code
}

export const get = (local: number): Code => [0x20, ...unsigned(local)]
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)]
export const i32 = (value: number): Code => [0x41, ...signed(value)]
export const addI32 = (a: Code, b: Code): Code => [...a, ...b, 0x6a]
const lessI32 = (a: Code, b: Code): Code => [...a, ...b, 0x49]

/** Two lanes from memory, which need not be aligned. */
export const load = (address: Code): Code => [...address, ...simd(0x00), 3, 0]
/** One float64 from memory in both lanes. */
export const loadSplat = (address: Code, offset = 0): Code => [
  ...address,
  ...simd(0x0a),
  3,
  ...unsigned(offset)
]
export const store = (address: Code, value: Code): Code => [...address, ...value, ...simd(0x0b), 3, 0]
export const zeros: Code = [...simd(0x0c), ...new Array<number>(16).fill(0)]
export const splat = (value: Code): Code => [...value, ...simd(0x14)]
export const add = (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf0)]
export const subtract = (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf1)]
export const multiply = (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf2)]
export const divide = (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf3)]
/** a · b + c, rounded once where the processor can and twice where it cannot. */
export const multiplyAdd = (a: Code, b: Code, c: Code): Code => [...a, ...b, ...c, ...simd(0x107)]
/** c − a · b, rounded as `multiplyAdd`. */
export const multiplySubtract = (a: Code, b: Code, c: Code): Code => [...a, ...b, ...c, ...simd(0x108)]
/** [a₀, b₀]. */
export const lowerLanes = (a: Code, b: Code): Code => [
  ...a,
  ...b,
  ...simd(0x0d),
  ...[0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]
]
/** [a₁, b₁]. */
export const upperLanes = (a: Code, b: Code): Code => [
  ...a,
  ...b,
  ...simd(0x0d),
  ...[8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31]
]

/** while (counter < end) { body; counter += step }, both being addresses or counts. */
export function forRange(counter: number, end: Code, step: Code, body: Code): Code {
  const next = set(counter, addI32(get(counter), step))
  const again = [...lessI32(get(counter), end), 0x0d, 0]
  // An `if` around a `loop` that jumps back to its start.
  return [...lessI32(get(counter), end), 0x04, 0x40, 0x03, 0x40, ...body, ...next, ...again, 0x0b, 0x0b]
}

/** The bytes of a module that exports its functions by name and a memory of no pages as `memory`. */
export function assemble(functions: Readonly<Record<string, FunctionSpec>>): Uint8Array<ArrayBuffer> {
  const specs = Object.entries(functions)
  const types = specs.map(([, { parameters }]) => [
    0x60,
    ...vector(Object.values(parameters).map((type) => [valueTypes[type]])),
    ...vector([])
  ])
  const exported = specs.map(([name], index) => [...text(name), 0x00, ...unsigned(index)])
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(3, vector(specs.map((_, index) => unsigned(index)))),
    ...section(5, vector([[0x00, 0x00]])),
    ...section(7, vector([[...text('memory'), 0x02, 0x00], ...exported])),
    ...section(10, vector(specs.map(([, spec]) => functionBody(spec))))
  ])
}

function functionBody({ parameters, locals, body }: FunctionSpec): Code {
  const indices = new Map([...Object.keys(parameters), ...Object.keys(locals)].map((name, i) => [name, i]))
  const declared = Object.values(locals).map((type) => [1, valueTypes[type]])
  const code = [...vector(declared), ...body((name) => indices.get(name)!), 0x0b]
  return [...unsigned(code.length), ...code]
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content]
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()]
}

function text(name: string): Code {
  return [...unsigned(name.length), ...Array.from(name, (letter) => letter.charCodeAt(0))]
}

function simd(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)]
}

/** LEB128, seven bits a byte, the lowest first. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)]
}
