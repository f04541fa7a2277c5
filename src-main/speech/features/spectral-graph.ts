/**
 * The steps that all log-mel front ends share, as pieces of an ONNX graph: samples in float64, which of them are in which
 * frame, mel power.
 */
import type { GraphBuilder } from '../../onnx/build/graph-builder'
import { intAttribute, intsAttribute } from '../../onnx/ir/attribute'
import { dataTypeNumber } from '../../onnx/ir/data-type'
import { int64Tensor, typedTensor } from '../../onnx/ir/tensor'

/** A float64 constant without dimensions. */
export function addScalar(builder: GraphBuilder, name: string, value: number): string {
  return builder.initializer(typedTensor(name, 'float64', [], Float64Array.of(value)))
}

/** An int64 constant without dimensions. */
export function addInteger(builder: GraphBuilder, name: string, value: number): string {
  return builder.initializer(int64Tensor(name, [], [value]))
}

/** The input `waveform` [1, samples] float32 as [samples] float64. */
export function addWaveform(builder: GraphBuilder): string {
  const waveform = builder.input('waveform', 'float32', [1, 'samples'])
  const flat = builder.node('Reshape', [waveform, builder.initializer(int64Tensor('flat', [1], [-1]))])
  return builder.node('Cast', [flat], { attributes: { to: intAttribute(dataTypeNumber('float64')) } })
}

export interface FrameIndices {
  /** int64 value without dimensions: how many frames. */
  readonly count: string
  readonly frameLength: number
  readonly hopLength: number
  /** Index of the first sample of the first frame. */
  readonly firstSample: number
}

/** [count, frameLength] int64: which sample each place of each frame shows, firstSample + frame · hop + place. */
export function addFrameIndices(
  builder: GraphBuilder,
  { count, frameLength, hopLength, firstSample }: FrameIndices
): string {
  const starts = addFrameStarts(builder, count, hopLength)
  const offsets = Array.from({ length: frameLength }, (_, place) => firstSample + place)
  const within = builder.initializer(int64Tensor('offsets', [1, frameLength], offsets))
  return builder.node('Add', [starts, within])
}

/** [count, 1] int64: frame · hop. */
export function addFrameStarts(builder: GraphBuilder, count: string, hopLength: number): string {
  const numbers = builder.node('Range', [
    addInteger(builder, 'first_frame', 0),
    count,
    addInteger(builder, 'frame_step', 1)
  ])
  return builder.node('Unsqueeze', [
    builder.node('Mul', [numbers, addInteger(builder, 'frame_hop', hopLength)]),
    builder.initializer(int64Tensor('column_axis', [1], [1]))
  ])
}

export interface MelFilters {
  /** Frequencies of the transform, fftLength / 2 + 1. */
  readonly frequencies: number
  readonly melBins: number
  /** [frequencies, melBins] */
  readonly filters: Float64Array
}

/** Power [frames, frequencies] to mel power [frames, melBins], float64. */
export function addMelPower(
  builder: GraphBuilder,
  power: string,
  { frequencies, melBins, filters }: MelFilters
): string {
  const tensor = typedTensor('filters', 'float64', [frequencies, melBins], filters)
  return builder.node('MatMul', [power, builder.initializer(tensor)])
}

/**
 * Declares the output `features`, float32: [1, melBins, frames] or, `framesFirst`, [1, frames, melBins].
 *
 * - `rows` [frames, melBins] float64.
 */
export function addFeaturesOutput(
  builder: GraphBuilder,
  rows: string,
  { melBins, framesFirst }: { readonly melBins: number; readonly framesFirst: boolean }
): void {
  const single = builder.node('Cast', [rows], {
    attributes: { to: intAttribute(dataTypeNumber('float32')) }
  })
  const oriented = framesFirst
    ? single
    : builder.node('Transpose', [single], { attributes: { perm: intsAttribute([1, 0]) } })
  const batch = builder.initializer(int64Tensor('batch_axis', [1], [0]))
  builder.node('Unsqueeze', [oriented, batch], { outputs: ['features'] })
  builder.output('features', 'float32', framesFirst ? [1, 'frames', melBins] : [1, melBins, 'frames'])
}
