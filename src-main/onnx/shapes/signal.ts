/** Operators of front ends inside the graph: windows, transforms and mel filters. */
import { readInt } from '../ir/attribute'
import { dataTypes } from '../ir/data-type'
import { inferredValue, knownElements, type Dim } from './inferred-value'
import { resolveAxis, type RuleFamily, type ShapeRule } from './shape-rule'

/** Bins of a real transform that keeps half the spectrum. */
function bins(length: Dim, isOneSided: boolean): Dim {
  return length === undefined || !isOneSided ? length : Math.floor(length / 2) + 1
}

/** signal [batch, samples, 1 or 2] -> [batch, frames, bins, 2]. */
const stft: ShapeRule = ({ node, input, hasInput }) => {
  const { dataType, dims } = input(0)
  const step = knownElements(input(1))?.[0]
  const length: Dim = hasInput(3)
    ? knownElements(input(3))?.[0]
    : hasInput(2)
      ? input(2).dims?.[0]
      : undefined
  const samples = dims?.[1]
  const frames =
    samples === undefined || step === undefined || length === undefined
      ? undefined
      : Math.floor((samples - length) / step) + 1
  return [inferredValue(dataType, [dims?.[0], frames, bins(length, readInt(node, 'onesided', 1) === 1), 2])]
}

/** [..., signal axis, ..., 1 or 2] -> the same with bins and 2. The axis became an input in opset 20. */
const dft: ShapeRule = ({ node, opset, input, hasInput }) => {
  const { dataType, dims } = input(0)
  if (dims === undefined) return [inferredValue(dataType, undefined)]
  const given = opset < 20 ? readInt(node, 'axis', 1) : hasInput(2) ? knownElements(input(2))?.[0] : -2
  if (given === undefined)
    return [
      inferredValue(
        dataType,
        dims.map(() => undefined)
      )
    ]
  const axis = resolveAxis(node, given, dims.length)
  const length: Dim = hasInput(1) ? knownElements(input(1))?.[0] : dims[axis]
  const isOneSided = readInt(node, 'onesided', 0) === 1
  return [inferredValue(dataType, dims.with(axis, bins(length, isOneSided)).with(-1, 2))]
}

const windowFunction: ShapeRule = ({ node, input }) => {
  const dataType = dataTypes[readInt(node, 'output_datatype', 1)] ?? 'float32'
  return [inferredValue(dataType, [knownElements(input(0))?.[0]])]
}

const melWeights: ShapeRule = ({ node, input }) => {
  const dataType = dataTypes[readInt(node, 'output_datatype', 1)] ?? 'float32'
  return [inferredValue(dataType, [bins(knownElements(input(1))?.[0], true), knownElements(input(0))?.[0]])]
}

export const signalRules: RuleFamily = {
  STFT: stft,
  DFT: dft,
  HannWindow: windowFunction,
  HammingWindow: windowFunction,
  BlackmanWindow: windowFunction,
  MelWeightMatrix: melWeights
}
