/**
 * The power spectrum of frames under a symmetric window, at half the products of a transform of whole frames.
 *
 * The power has no phase, so time may be counted from the window's middle. There a cosine is even and a sine odd: samples
 * that lie alike before and behind the middle are added for the one and subtracted for the other, and each matrix has a
 * row for two samples.
 */
import type { GraphBuilder } from '../../onnx/build/graph-builder'
import { int64Tensor, typedTensor } from '../../onnx/ir/tensor'
import { addFrameStarts, addInteger } from './spectral-graph'

export interface FoldedDftOptions {
  /** Symmetric: window[t] = window[length - 1 - t]. */
  readonly window: Float64Array
  /** Even, at least as long as the window. */
  readonly fftLength: number
}

export interface FoldedDft {
  /** [half, fftLength / 2 + 1] each, row-major, with half = ceil(window.length / 2). */
  readonly cosines: Float64Array
  readonly sines: Float64Array
}

/**
 * The transform's matrices for the sums and the differences of mirrored samples.
 *
 * With m = (length - 1) / 2 and t < half: cosines[t, k] = w[t] · cos(2πk(t - m) / fftLength), the sines alike. The middle
 * sample of an odd window meets itself, so its cosines are halved.
 *
 * Angles are reduced modulo fftLength before the cosine, so every entry is within one rounding of exact.
 */
export function foldedDft({ window, fftLength }: FoldedDftOptions): FoldedDft {
  const half = Math.ceil(window.length / 2)
  const frequencies = fftLength / 2 + 1
  const [cosines, sines] = [new Float64Array(half * frequencies), new Float64Array(half * frequencies)]
  for (let t = 0; t < half; t++) {
    // Twice the distance to the middle is whole.
    const distance = window.length - 1 - 2 * t
    const weight = distance === 0 ? window[t]! / 2 : window[t]!
    for (let k = 0; k < frequencies; k++) {
      const angle = (Math.PI * ((k * distance) % (2 * fftLength))) / fftLength
      cosines[t * frequencies + k] = weight * Math.cos(angle)
      sines[t * frequencies + k] = weight * Math.sin(angle)
    }
  }
  return { cosines, sines }
}

export interface FoldedFrames extends FoldedDftOptions {
  /** [samples] float64 value: the last frame must lie inside. */
  readonly waveform: string
  /** int64 value without dimensions: how many frames, at least one. */
  readonly count: string
  readonly hopLength: number
  /** Index of the sample that the window's first weight meets in the first frame. */
  readonly firstSample: number
}

/** |transform|² of every frame, [count, fftLength / 2 + 1] float64. */
export function addFramePower(builder: GraphBuilder, frames: FoldedFrames): string {
  const { window, fftLength, firstSample, count, hopLength } = frames
  const half = Math.ceil(window.length / 2)
  // Copying blocks that fit into a hop and into half a frame is several times as fast as looking up samples.
  const block = greatestCommonDivisor(half, hopLength)
  const starts = addFrameStarts(builder, count, hopLength / block)
  const cut = { ...frames, half, block, starts }
  const rising = addHalfFrames(builder, { ...cut, name: 'rising' })
  const secondHalf = firstSample + window.length - half
  const falling = addHalfFrames(builder, { ...cut, name: 'falling', firstSample: secondHalf })
  const squared = (operator: string, name: string, matrix: Float64Array) => {
    const dims = [half, fftLength / 2 + 1]
    const tensor = builder.initializer(typedTensor(name, 'float64', dims, matrix))
    const part = builder.node('MatMul', [builder.node(operator, [rising, falling]), tensor])
    return builder.node('Mul', [part, part])
  }
  const { cosines, sines } = foldedDft(frames)
  return builder.node('Add', [squared('Add', 'cosines', cosines), squared('Sub', 'sines', sines)])
}

interface HalfFrames extends Omit<FoldedFrames, keyof FoldedDftOptions> {
  /** A falling half frame is read from its end to its start. */
  readonly name: 'rising' | 'falling'
  readonly half: number
  /** Samples in a block, which divide a hop and half a frame. */
  readonly block: number
  /** [count, 1] int64 value: the block at which each frame starts. */
  readonly starts: string
}

/** [count, half] float64: half a frame every hop. */
function addHalfFrames(builder: GraphBuilder, frames: HalfFrames): string {
  const { name, waveform, count, hopLength, firstSample, half, block, starts } = frames
  const integers = (label: string, values: readonly number[]) =>
    builder.initializer(int64Tensor(`${name}_${label}`, [values.length], values))
  // The last half frame ends at firstSample + (count - 1) · hop + half.
  const hops = builder.node('Mul', [count, addInteger(builder, `${name}_hop`, hopLength)])
  const end = builder.node('Add', [hops, integers('room', [firstSample + half - hopLength])])
  const samples = builder.node('Slice', [waveform, integers('first', [firstSample]), end])
  const blocks = builder.node('Reshape', [samples, integers('block', [-1, block])])
  const places = Array.from({ length: half / block }, (_, place) => place)
  if (name === 'falling') places.reverse()
  const within = builder.initializer(int64Tensor(`${name}_places`, [1, places.length], places))
  const rows = builder.node('Gather', [
    name === 'falling' ? addMirroredRows(builder, blocks, integers) : blocks,
    builder.node('Add', [starts, within])
  ])
  return builder.node('Reshape', [rows, integers('frame', [-1, half])])
}

/** Each row from its end to its start. */
function addMirroredRows(
  builder: GraphBuilder,
  rows: string,
  integers: (label: string, values: readonly number[]) => string
): string {
  // Slices stop before their end; this one is before every index.
  const end = integers('end', [Number.MIN_SAFE_INTEGER])
  return builder.node('Slice', [
    rows,
    integers('start', [-1]),
    end,
    integers('axis', [1]),
    integers('step', [-1])
  ])
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
