/** Pooling over the spatial axes of [batch, channels, ...spatial]. */
import { readInt } from '../ir/attribute'
import { readWindow, slideWindow } from './conv'
import { inferredValue } from './inferred-value'
import type { RuleFamily, ShapeRule } from './shape-rule'

const pool: ShapeRule = ({ node, input }) => {
  const { dataType, dims } = input(0)
  if (dims === undefined) return [inferredValue(dataType, undefined), inferredValue('int64', undefined)]
  const window = readWindow(node, dims.length - 2)
  const isCeiling = readInt(node, 'ceil_mode', 0) === 1
  const spatial = dims.slice(2).map((size, axis) => slideWindow(window, axis, size, isCeiling))
  const pooled = [...dims.slice(0, 2), ...spatial]
  // MaxPool may also return the positions of the maxima.
  return [inferredValue(dataType, pooled), inferredValue('int64', pooled)]
}

const globalPool: ShapeRule = ({ input }) => {
  const { dataType, dims } = input(0)
  return [
    inferredValue(
      dataType,
      dims?.map((dim, axis) => (axis < 2 ? dim : 1))
    )
  ]
}

export const poolingRules: RuleFamily = {
  AveragePool: pool,
  MaxPool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool
}
