/**
 * The loops that run as WebAssembly, and the one memory they see.
 *
 * Whoever uses it owns the whole memory until its next `await` and keeps nothing in it beyond that: `reserve` may move it.
 */
import { assemble } from './assembler'
import { rankTwoUpdate } from './rank-two-update'
import { secularSums } from './secular-sums'

/** Addresses and sizes are in bytes; what each does stands beside its definition. */
export interface Kernels {
  rankTwoUpdate(
    ...addresses: readonly [
      a: number,
      stride: number,
      from: number,
      to: number,
      v: number,
      w: number,
      x: number,
      p: number
    ]
  ): void
  secularSums(z: number, distances: number, end: number, tau: number, result: number): void
}

const pageBytes = 65536
const float64Bytes = Float64Array.BYTES_PER_ELEMENT

interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** Every platform has it; TypeScript ships its types with the DOM. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
    readonly Instance: new (module: object) => { readonly exports: Kernels & { readonly memory: WasmMemory } }
  }
}

let shared: (Kernels & { readonly memory: WasmMemory }) | undefined

/**
 * Float64 arrays of `lengths` in the kernels' memory, one after the other, each from a multiple of 16 bytes on; an array's
 * `byteOffset` is its address. They hold what was there before.
 */
export function reserve(lengths: readonly number[]): { kernels: Kernels; arrays: Float64Array[] } {
  shared ??= new WebAssembly.Instance(new WebAssembly.Module(assemble({ rankTwoUpdate, secularSums })))
    .exports
  const { memory } = shared
  const padded = lengths.map((length) => length + (length % 2))
  const total = padded.reduce((sum, length) => sum + length, 0) * float64Bytes
  const missing = Math.ceil((total - memory.buffer.byteLength) / pageBytes)
  if (missing > 0) memory.grow(missing)
  let address = 0
  const arrays = lengths.map((length, index) => {
    const array = new Float64Array(memory.buffer, address, length)
    address += padded[index]! * float64Bytes
    return array
  })
  return { kernels: shared, arrays }
}
